"""How the face finder's networks are made: scenes, samples, model, training, evaluation."""
