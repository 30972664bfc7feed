"""scikit-learn: ``MLPClassifier`` without a hidden layer; one ``partial_fit`` is one SGD update.

``SGDClassifier`` would not do: it trains one class against the rest, a sample at a time.
"""

from __future__ import annotations

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from facelab.contract.system import Lesson, Predict, Tell


class ScikitLearn:
    name, version = "scikit-learn MLPClassifier", sklearn.__version__
    capabilities = ("initial weights", "photo ids", "stop")

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        x, y = lesson.embeddings, lesson.labels
        size, random = lesson.parameters.batch_size, np.random.default_rng(lesson.seed)
        head = MLPClassifier(
            hidden_layer_sizes=(),
            solver="sgd",
            learning_rate_init=lesson.parameters.learning_rate,
            momentum=0,
            nesterovs_momentum=False,
            alpha=0,
            shuffle=False,
        )
        # It only has weights once it has seen something; then they can be set.
        head.partial_fit(x[:1], y[:1], classes=np.arange(lesson.people))
        head.coefs_[0][:], head.intercepts_[0][:] = lesson.kernel, lesson.bias
        epochs = (random.permutation(len(x)) for _ in range(lesson.parameters.epochs))
        for photos in (o[i : i + size] for o in epochs for i in range(0, len(x), size)):
            right = (head.predict(x[photos]) == y[photos]).mean()
            head.partial_fit(x[photos], y[photos])
            if tell(head.loss_, right, photos):
                break
        return lambda embeddings: head.predict_proba(embeddings)
