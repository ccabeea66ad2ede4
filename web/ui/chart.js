// Lines over periods with their margins as bands. Words are HTML over the SVG, so that text never scales; lines are named at
// their ends. A scale that does not start at zero prints both ends.
import { html } from '/htm/preact/standalone.module.js';
import { scale_of } from '/ui/interval.js';

const two = (value) => value.toFixed(2);

// Shifts label heights (in %) apart, so that none covers another.
function apart(heights, gap) {
    const order = heights.map((height, i) => [height, i]).sort((one, other) => one[0] - other[0]);
    for (let i = 1; i < order.length; i++) order[i][0] = Math.max(order[i][0], order[i - 1][0] + gap);
    const over = order.length ? Math.max(0, order.at(-1)[0] - 100) : 0;
    const out = [];
    for (const [height, i] of order) out[i] = height - over;
    return out;
}

// Runs of points that have values: a gap breaks the line.
function runs(points) {
    const out = [[]];
    points.forEach((point, i) => (point ? out.at(-1).push([i, point]) : out.at(-1).length && out.push([])));
    return out.filter((run) => run.length);
}

// labels: one for each period; series: [{ name, hue, points: [{ value, low, high } | null] }]; says(value): as text; zero: the
// scale starts there; low_height: a lower chart; limit: dashed.
export function Chart({ labels, series, says, zero, limit, low_height, described }) {
    const all = series.flatMap(({ points }) => points.filter(Boolean).flatMap(({ value, low, high }) => [value, low, high]));
    const scale = scale_of(limit === undefined ? all : [...all, limit], { zero });
    const x = (i) => (labels.length > 1 ? (i / (labels.length - 1)) * 100 : 50);
    const y = (value) => 100 - scale.at(value);
    const path = (run, of) => run.map(([i, point]) => `${two(x(i))},${two(y(of(point)))}`).join(' ');
    const ends = series.map(({ points }) => points.filter(Boolean).at(-1)).map((point) => (point ? y(point.value) : 0));
    const heights = apart(ends, low_height ? 8.6 : 6.8);
    const stride = Math.max(1, Math.ceil((labels.length - 1) / 4));
    return html`<div class=${'chart' + (low_height ? ' low' : '')} role="img" aria-label=${described}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            ${scale.ticks.map((tick) => html`<path class=${'grid' + (tick === 0 ? ' zero' : '')} d=${`M0,${two(y(tick))}H100`} />`)}
            ${limit !== undefined && html`<path class="goal" d=${`M0,${two(y(limit))}H100`} />`}
            ${series.map(({ hue, points }) => runs(points).filter((run) => run.length > 1 && run.every(([, { low }]) => low !== null && low !== undefined))
        .map((run) => html`<path class=${'band s-' + (hue ?? 'none')}
                d=${`M${path(run, ({ low }) => low)} ${path([...run].reverse(), ({ high }) => high)}Z`} />`))}
            ${series.map(({ hue, points }) => runs(points).map((run) => html`<path class=${'series s-' + (hue ?? 'none')} d=${`M${path(run, ({ value }) => value)}`} />`))}
        </svg>
        ${scale.ticks.map((tick) => html`<span class="y" style=${{ '--y': two(y(tick)) }}>${says(tick)}</span>`)}
        ${labels.map((label, i) => i % stride === 0 || i === labels.length - 1
        ? html`<span class=${'x' + (i === 0 && labels.length > 1 ? ' first' : i === labels.length - 1 ? ' last' : (i / stride) % 2 || labels.length - 1 - i < stride ? ' mid' : '')}
                style=${{ '--x': two(x(i)) }}>${label}</span>` : null)}
        ${series.map(({ name, hue, points }, i) => points.some(Boolean) && html`<span class=${'end' + (hue ? ' op-' + hue : '')} style=${{ '--y': two(heights[i]) }}>
            ${name} ${says(points.filter(Boolean).at(-1).value)}</span>`)}</div>`;
}

// A small line for a card: the first period and value, the last marked, a target dashed. points: values in time, oldest first.
export function Spark({ points, first, last, goal, described }) {
    const known = points.filter((value) => value !== null);
    if (known.length < 2) return null;
    const low = Math.min(...known, goal ?? Infinity), high = Math.max(...known, goal ?? -Infinity);
    const y = (value) => (high === low ? 24 : 44 - ((value - low) / (high - low)) * 38);
    const x = (i) => (i / (points.length - 1)) * 100;
    const line = points.map((value, i) => (value === null ? null : `${two(x(i))},${two(y(value))}`)).filter(Boolean).join(' ');
    return html`<div class="spark" role="img" aria-label=${described}><svg viewBox="0 0 100 48" preserveAspectRatio="none">
        ${goal !== undefined && html`<path class="goal" d=${`M0,${two(y(goal))}H100`} />`}<path d=${'M' + line} /></svg>
        <i style=${{ '--y': (y(points.at(-1) ?? known.at(-1)) / 48).toFixed(3) }}></i><span>${first}</span><span>${last}</span></div>`;
}
