/* Softmax regression by plain SGD, one photo an update, loss and accuracy kept: the floor. */
#include <math.h>

void train(const float *x, const int *y, const int *order, long updates, int features, int people,
           float rate, float *kernel, float *bias, float *loss, float *accuracy)
{
    for (long u = 0; u < updates; u++) {
        const float *photo = x + (long)order[u] * features;
        int who = y[order[u]], best = 0;
        float odds[512], total = 0;
        for (int c = 0; c < people; c++) {
            const float *row = kernel + (long)c * features;
            float logit = bias[c];
            for (int d = 0; d < features; d++) logit += row[d] * photo[d];
            odds[c] = logit;
            if (logit > odds[best]) best = c;
        }
        float highest = odds[best], own = odds[who];
        for (int c = 0; c < people; c++) total += odds[c] = expf(odds[c] - highest);
        loss[u] = logf(total) - (own - highest);
        accuracy[u] = best == who;
        for (int c = 0; c < people; c++) {
            float *row = kernel + (long)c * features;
            float step = rate * (odds[c] / total - (c == who));
            for (int d = 0; d < features; d++) row[d] -= step * photo[d];
            bias[c] -= step;
        }
    }
}
