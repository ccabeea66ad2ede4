// Sending what a form holds, so that nothing written is lost.
import { html, useState } from '/htm/preact/standalone.module.js';
import { words } from '/ui/language.js';
import { Failed } from '/ui/state.js';

const t = words({ zh: { sending: '正在提交…' }, en: { sending: 'Sending…' } });

// An amount of yuan as a program takes it, or null: "18", "18.5" and "¥18.50元" are 18.00, 18.50 and 18.50.
export function yuan(text) {
    const plain = text.trim().replace(/[，,\s]/g, '').replace(/^[¥￥]|元$/g, '');
    return /^\d{1,9}(\.\d{1,2})?$/.test(plain) ? Number(plain).toFixed(2) : null;
}

// { send(check, call), faults, problem, busy }. `check` gives the faults found here, which keep it from being sent; what the
// server finds wrong with fields comes as faults, too; all else as a problem.
export function use_sending() {
    const [state, set_state] = useState({ faults: [] });
    async function send(check, call) {
        if (state.busy) return;
        const faults = check().filter(Boolean);
        set_state({ faults, busy: !faults.length });
        if (faults.length) return;
        try {
            await call();
            set_state({ faults: [] });
        } catch (problem) {
            const found = problem.faults ?? [];
            set_state({ faults: found, problem: found.length ? null : problem });
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
