"""How the face finder's network is made: scenes, samples, model, training, evaluation."""
