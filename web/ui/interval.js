// A value with its margin on a shared scale, and the scale itself.
import { html } from '/htm/preact/standalone.module.js';

// A scale around all values and margins, with round ends: { from, to, at(value) in % }.
export function scale_of(values, { zero = false, steps = 4 } = {}) {
    const known = values.filter((value) => value !== null && value !== undefined);
    let from = zero ? 0 : Math.min(...known), to = Math.max(...known);
    if (!known.length) [from, to] = [0, 1];
    if (from === to) [from, to] = [from - (zero ? 0 : 1), to + 1];
    const rough = (to - from) / steps, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999);
    from = zero ? 0 : Math.floor(from / step + 1e-9) * step;
    to = Math.ceil(to / step - 1e-9) * step;
    const ticks = [];
    for (let tick = from; tick <= to + step / 1e6; tick += step) ticks.push(Number(tick.toPrecision(12)));
    return { from, to, step, ticks, at: (value) => ((value - from) / (to - from)) * 100 };
}

// { value, low, high } (low, high null: a full count), `limit` on the same scale or null; hue: 'a' 'b' 'c' of an operator or none.
export function Interval({ value, low, high, limit, scale, hue, small, miss }) {
    if (value === null || value === undefined) return null;
    const set = { '--v': scale.at(value), '--lo': scale.at(low ?? value), '--hi': scale.at(high ?? value) };
    if (limit !== null && limit !== undefined) set['--at'] = scale.at(limit);
    return html`<span class=${`iv${small ? ' s' : ''}${hue ? ' op-' + hue : ''}${miss ? ' miss' : ''}`} style=${set}>
        ${set['--at'] !== undefined && html`<u></u>`}${low !== null && low !== undefined && html`<i></i>`}<b></b></span>`;
}
