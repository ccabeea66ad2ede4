// Forms: a summary of what is wrong that takes the focus, fields whose errors are tied to them, and sending that loses nothing.
import { html, useEffect, useRef, useState } from '/htm/preact/standalone.module.js';
import { words } from '/ui/language.js';
import { Failed } from '/ui/state.js';

const t = words({
    zh: { wrong: '错误：{says}', must_change: '有{n}处要改', sending: '正在提交…' },
    en: { wrong: 'Error: {says}', must_change: ({ n }) => (n === 1 ? '1 thing to change' : `${n} things to change`), sending: 'Sending…' },
});

// An amount of yuan as a program takes it, or null: "18", "18.5" and "¥18.50元" are 18.00, 18.50 and 18.50.
export function yuan(text) {
    const plain = text.trim().replace(/[，,\s]/g, '').replace(/^[¥￥]|元$/g, '');
    return /^\d{1,9}(\.\d{1,2})?$/.test(plain) ? Number(plain).toFixed(2) : null;
}

// [{ field, says }]: on top of the form, once for each attempt.
export function Faults({ faults, attempt }) {
    const box = useRef(null);
    useEffect(() => { if (faults.length) box.current?.focus(); }, [attempt, faults.length > 0]);
    if (!faults.length) return null;
    const go_to = (event, field) => {
        const place = document.getElementById(`f-${field}`);
        if (!place) return;
        event.preventDefault();
        place.focus();
        place.scrollIntoView({ block: 'center' });
    };
    return html`<div class="state error" role="alert" tabindex="-1" ref=${box}><h2>${t('must_change', { n: faults.length })}</h2>
        <ul>${faults.map(({ field, says }) => html`<li key=${field}><a href=${`#f-${field}`} onClick=${(event) => go_to(event, field)}>${says}</a></li>`)}</ul></div>`;
}

// A label, a hint, an error and a control: `children` is called with the attributes that tie them together.
export function Field({ name, label, hint, faults, children }) {
    const fault = faults.find((each) => each.field === name);
    const tied = [hint && `h-${name}`, fault && `e-${name}`].filter(Boolean).join(' ');
    return html`<div class="field"><label for=${`f-${name}`}>${label}</label>
        ${hint && html`<span class="hint" id=${`h-${name}`}>${hint}</span>`}
        ${fault && html`<span class="wrong" id=${`e-${name}`}>${t('wrong', fault)}</span>`}
        ${children({ id: `f-${name}`, name, 'aria-describedby': tied || undefined, 'aria-invalid': fault ? 'true' : undefined })}</div>`;
}

export const Text = ({ name, label, hint, faults, value, set, rows = 4, limit = 4000 }) =>
    html`<${Field} name=${name} label=${label} hint=${hint} faults=${faults}>${(tied) =>
        html`<textarea class="input" rows=${rows} maxlength=${limit} ...${tied} value=${value} onInput=${(event) => set(event.target.value)}></textarea>`}<//>`;

export const Line = ({ name, label, hint, faults, value, set, unit, ...more }) =>
    html`<${Field} name=${name} label=${label} hint=${hint} faults=${faults}>${(tied) => {
        const input = html`<input class="input" ...${tied} ...${more} value=${value} onInput=${(event) => set(event.target.value)} />`;
        return unit ? html`<div class="input-unit">${input}<span>${unit}</span></div>` : input;
    }}<//>`;

// options: [[value, words]]
export const Select = ({ name, label, hint, faults, value, set, options }) =>
    html`<${Field} name=${name} label=${label} hint=${hint} faults=${faults}>${(tied) =>
        html`<select class="input" ...${tied} value=${value} onChange=${(event) => set(event.target.value)}>
            ${options.map(([each, says]) => html`<option key=${each} value=${each} selected=${each === value}>${says}</option>`)}</select>`}<//>`;

export function Radios({ name, legend, hint, faults, value, set, options }) {
    const fault = faults.find((each) => each.field === name);
    const tied = [hint && `h-${name}`, fault && `e-${name}`].filter(Boolean).join(' ');
    return html`<fieldset class="field" aria-describedby=${tied || undefined}><legend>${legend}</legend>
        ${hint && html`<span class="hint" id=${`h-${name}`}>${hint}</span>`}
        ${fault && html`<span class="wrong" id=${`e-${name}`}>${t('wrong', fault)}</span>`}
        ${options.map(([each, says], i) => html`<label class="choice" key=${each}><input type="radio" name=${name} id=${i ? undefined : `f-${name}`}
            value=${each} checked=${each === value} onChange=${() => set(each)} /><span>${says}</span></label>`)}</fieldset>`;
}

// Sends what a form holds: { send(check, call), faults, attempt, problem, busy }. `check` gives the faults found here, which keep
// it from being sent; what the server finds wrong with fields comes as faults, too; all else as a problem.
export function use_sending() {
    const [state, set_state] = useState({ faults: [], attempt: 0 });
    async function send(check, call) {
        if (state.busy) return;
        const attempt = state.attempt + 1;
        const faults = check();
        set_state({ faults, attempt, busy: !faults.length });
        if (faults.length) return;
        try {
            await call();
            set_state({ faults: [], attempt });
        } catch (problem) {
            set_state({ faults: problem.faults ?? [], attempt, problem: problem.faults?.length ? null : problem });
        }
    }
    return { ...state, send };
}

// The end of a form: what went wrong, the one button, and other ways to go.
export function Sending({ sending, verb, look = '', children }) {
    return html`${sending.problem && html`<${Failed} problem=${sending.problem} kept=${true} />`}
        <div class="acts mt2"><button class=${`button ${look}`} type="submit" aria-busy=${sending.busy ? 'true' : undefined}>
            ${sending.busy ? t('sending') : verb}</button>${children}</div>`;
}

// A form that does not leave the page.
export const Form = ({ onSend, children, ...more }) =>
    html`<form class="form" novalidate ...${more} onSubmit=${(event) => { event.preventDefault(); onSend(); }}>${children}</form>`;
