// Fields of forms: label, hint, error, field, in that order; and the summary of errors that takes the focus.
import { html, useEffect, useRef } from '/htm/preact/standalone.module.js';
import { pick, words } from '/ui/language.js';
import frame_words from '/words/frame.js';

const t = words(frame_words);
const wrong_head = pick({ zh: '错误：', en: 'Error: ' });

const described = (id, { hint, wrong }) => [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ') || undefined;
const Around = ({ id, label, hint, wrong, children }) => html`<div class="field"><label for=${id}>${label}</label>
    ${hint && html`<span class="hint" id=${`${id}-hint`}>${hint}</span>`}
    ${wrong && html`<span class="wrong" id=${`${id}-wrong`}>${wrong_head}${wrong}</span>`}${children}</div>`;

// value and onValue(text); unit behind the field; further attributes (inputmode, autocomplete, size, type) go to the input.
export function Input({ id, label, hint, wrong, unit, value, onValue, ...more }) {
    const input = html`<input class="input" id=${id} name=${id} value=${value} onInput=${(event) => onValue(event.target.value)}
        aria-describedby=${described(id, { hint, wrong })} aria-invalid=${wrong ? 'true' : undefined} ...${more} />`;
    return html`<${Around} ...${{ id, label, hint, wrong }}>${unit ? html`<div class="input-unit">${input}<span>${unit}</span></div>` : input}<//>`;
}

export function Area({ id, label, hint, wrong, value, onValue, rows = 6, ...more }) {
    return html`<${Around} ...${{ id, label, hint, wrong }}><textarea class="input" id=${id} name=${id} rows=${rows} value=${value}
        onInput=${(event) => onValue(event.target.value)} aria-describedby=${described(id, { hint, wrong })}
        aria-invalid=${wrong ? 'true' : undefined} ...${more}></textarea><//>`;
}

// options: [[value, says], ...]
export function Select({ id, label, hint, wrong, value, onValue, options, ...more }) {
    return html`<${Around} ...${{ id, label, hint, wrong }}><select class="input" id=${id} name=${id} value=${value}
        onChange=${(event) => onValue(event.target.value)} aria-describedby=${described(id, { hint, wrong })}
        aria-invalid=${wrong ? 'true' : undefined} ...${more}>
        ${options.map(([each, says]) => html`<option value=${each} selected=${each === value}>${says}</option>`)}</select><//>`;
}

// One of several (`many`: any of them, then value is an array). options: [[value, says, hint?], ...]
export function Choices({ id, label, hint, wrong, value, onValue, options, many }) {
    const chosen = (each) => (many ? value.includes(each) : value === each);
    const choose = (each) => onValue(!many ? each : chosen(each) ? value.filter((other) => other !== each) : [...value, each]);
    return html`<fieldset class="field" id=${id} tabindex="-1" aria-describedby=${described(id, { hint, wrong })}><legend>${label}</legend>
        ${hint && html`<span class="hint" id=${`${id}-hint`}>${hint}</span>`}
        ${wrong && html`<span class="wrong" id=${`${id}-wrong`}>${wrong_head}${wrong}</span>`}
        ${options.map(([each, says, more]) => html`<label class="choice"><input type=${many ? 'checkbox' : 'radio'} name=${id} value=${each}
            checked=${chosen(each)} onChange=${() => choose(each)} /><span>${says}${more && html`<br /><small class="quiet">${more}</small>`}</span></label>`)}
        </fieldset>`;
}

// faults: [{ field, says }], the API's own; the links lead to the fields by id.
export function Faults({ faults }) {
    const box = useRef(null);
    useEffect(() => { if (faults.length) box.current?.focus(); }, [faults]);
    if (!faults.length) return null;
    return html`<div class="state error" role="alert" tabindex="-1" ref=${box}><h2>${t('fault_count', { n: faults.length })}</h2>
        <ul>${faults.map(({ field, says }) => html`<li><a href=${'#' + field}>${says}</a></li>`)}</ul></div>`;
}
export const fault_of = (faults, field) => faults.find((fault) => fault.field === field)?.says;
