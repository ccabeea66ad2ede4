#include "measure/margin.h"

#include <math.h>

#include "base/error.h"

static const double normal_quantile = 1.959963984540054; /* of 0.975 */
static const double tail = 0.025;

static int64_t scaled(double value, unsigned decimals)
{
    double number = floor(value * pow(10, decimals) + 0.5);
    return number >= 9.2e18 ? INT64_MAX : (int64_t)number;
}

struct margin margin_wilson(uint64_t hits, uint64_t n, unsigned decimals)
{
    must(n > 0 && hits <= n);
    double count = (double)n, share = (double)hits / count, z2 = normal_quantile * normal_quantile;
    double middle = (share + z2 / (2 * count)) / (1 + z2 / count);
    double half = normal_quantile / (1 + z2 / count) * sqrt(share * (1 - share) / count + z2 / (4 * count * count));
    /* At the ends the bound is exact, whatever rounding left. */
    double low = hits == 0 ? 0 : middle - half, high = hits == n ? 1 : middle + half;
    return (struct margin){ scaled(low, decimals), scaled(high, decimals) };
}

/* ---- chi-square quantiles, by the incomplete gamma function ---- */

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* The share of a gamma distribution of that shape below x: a power series where x is small, else a continued fraction. */
static double gamma_below(double shape, double x)
{
    if (x <= 0) return 0;
    double front = exp(shape * log(x) - x - log_gamma(shape));
    if (x < shape + 1) {
        double term = 1 / shape, sum = term;
        for (double k = shape + 1; term > sum * 1e-16; k++) {
            term *= x / k;
            sum += term;
        }
        return front * sum;
    }
    double b = x + 1 - shape, c = 1e300, d = 1 / b, fraction = d;
    for (double k = 1;; k++) {
        double a = k * (shape - k);
        b += 2;
        d = 1 / (a * d + b);
        c = b + a / c;
        fraction *= c * d;
        if (fabs(c * d - 1) < 1e-15 || k > 1e7) return 1 - front * fraction;
    }
}

/* x with that share of the gamma distribution below it: half of a chi-square quantile with 2 * shape degrees of freedom. */
static double gamma_quantile(double shape, double share)
{
    double low = 0, high = shape + 10 * sqrt(shape) + 10; /* beyond this lies less than 10^-6 */
    while (high - low > high * 1e-14) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (gamma_below(shape, middle) < share) low = middle;
        else high = middle;
    }
    return low + (high - low) / 2;
}

struct margin margin_garwood(uint64_t count, uint64_t per, uint64_t exposure, unsigned decimals)
{
    must(exposure > 0);
    double factor = (double)per / (double)exposure;
    double low = count == 0 ? 0 : gamma_quantile((double)count, tail), high = gamma_quantile((double)count + 1, 1 - tail);
    return (struct margin){ scaled(low * factor, decimals), scaled(high * factor, decimals) };
}

/* ---- percentiles ---- */

bool margin_percentile(uint64_t n, unsigned percent, uint64_t *low_rank, uint64_t *high_rank)
{
    must(percent >= 1 && percent <= 99);
    if (n == 0) return false;
    double count = (double)n, p = percent / 100.0, deviation = sqrt(count * p * (1 - p));
    /* So many values lie below the percentile as a binomial draw tells. What is ten deviations off weighs nothing. */
    double first = floor(count * p - 10 * deviation - 10), last = ceil(count * p + 10 * deviation + 10), below = 0;
    uint64_t low = 0, high = 0;
    for (uint64_t k = first > 0 ? (uint64_t)first : 0; k <= n && (double)k <= last && !high; k++) {
        double values = (double)k;
        below += exp(log_gamma(count + 1) - log_gamma(values + 1) - log_gamma(count - values + 1) + values * log(p) +
                     (count - values) * log(1 - p));
        if (below <= tail) low = k + 1;
        if (below >= 1 - tail) high = k + 1;
    }
    if (low == 0 || high == 0 || high > n) return false;
    *low_rank = low;
    *high_rank = high;
    return true;
}

uint64_t percentile_rank(uint64_t n, unsigned percent)
{
    must(n > 0);
    uint64_t rank = n / 100 * percent + (n % 100 * percent + 99) / 100;
    return rank ? rank : 1;
}
