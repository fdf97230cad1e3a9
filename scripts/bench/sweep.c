/* The sheet's loop in C: the same rows, the same answers. sweep ACCOUNTS ROUNDS: median milliseconds of a round. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  long n = atol(argv[1]), rounds = atol(argv[2]);
  uint16_t *slots = malloc(n * 4 * sizeof *slots);
  double *weights = malloc(n * 4 * sizeof *weights), *credit = malloc(n * 8), *debit = malloc(n * 8);
  double up[64] = {0}, down[64] = {0}, *taken = malloc(rounds * 8);
  int32_t *into = malloc(n * 4);
  uint64_t state = 1;
  for (int column = 0; column < 30; column++) up[2 * column + 2] = down[2 * column + 3] = 1 + column * 0.01;
  for (long at = 0; at < n * 4; at++) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    int isDebt = at % 4 >= 2, isEmpty = at % 4 == 3 && state >> 63;
    slots[at] = isEmpty ? 0 : 2 * (1 + (state >> 33) % 15 * 2 + isDebt) + isDebt;
    weights[at] = isEmpty ? 0 : (isDebt ? 40 : 100) * (1 + (state >> 40 & 1023) / 1024.0);
  }
  long flagged = 0;
  for (long round = 0; round < rounds; round++) {
    double started = now();
    flagged = 0;
    for (long account = 0; account < n; account++) {
      const uint16_t *s = slots + account * 4;
      const double *w = weights + account * 4;
      double plus = w[0] * up[s[0]] + w[1] * up[s[1]] + w[2] * up[s[2]] + w[3] * up[s[3]];
      double minus = w[0] * down[s[0]] + w[1] * down[s[1]] + w[2] * down[s[2]] + w[3] * down[s[3]];
      credit[account] = plus;
      debit[account] = minus;
      if (plus - minus <= 5 + 3.6e-15 * (plus + minus) && minus > 0) into[flagged++] = account;
    }
    taken[round] = now() - started;
  }
  qsort(taken, rounds, sizeof *taken, ascending);
  printf("%f %ld\n", taken[rounds / 2], flagged);
  return 0;
}
