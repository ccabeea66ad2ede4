// What is done to a case with a few words or none: written again, withdrawn, published, paused, moved ... One act, one page.
import { html, useEffect, useState } from '/htm/preact/standalone.module.js';
import { words as words_of } from '/ui/language.js';
import { post, use_data } from '/ui/api.js';
import { Empty, Failed, Loading } from '/ui/state.js';
import { Area, Faults, Input, Select, fault_of } from '/ui/field.js';
import { Form, Sending, use_sending } from '/ui/complaint_form.js';
import { FileList, FilePicker, use_files } from '/ui/complaint_files.js';
import { Trail, WithCase, api_of, page_of, use_case } from '/ui/complaint_open.js';
import act_words from '/words/complaint_act.js';

export const words = act_words;
const t = words_of(act_words);

// Fields: { name, label, kind (a text unless said), needed, rows, fault, bytes (at most, as UTF-8) }; `may`: the act's own name,
// where it is not that of the page; `propose`: a promise of what stands in the fields at first.
const acts = {
    write: { fields: [{ name: 'text', label: 'text', needed: true, rows: 6 }], files: true },
    evidence: { fields: [], files: true, only_files: true },
    withdraw: { fields: [{ name: 'text', label: 'text_optional', rows: 3 }], look: 'ends' },
    publication: {
        fields: [{ name: 'title', label: 'publication_title', kind: 'line', needed: true, fault: 'fault_title', limit: 100 },
            { name: 'text', label: 'publication_text', hint: 'publication_hint', needed: true, rows: 8, bytes: 1000 }],
        may: 'publish', add: { agreed: true },
        // What is published already, or the text with personal data taken out.
        propose: (item) => (item.publication?.agreed ? Promise.resolve(item.publication)
            : post(`${api_of(item.complaint)}/publication/proposal`).then(({ text }) => ({ title: '', text }))),
    },
    pause: { fields: [{ name: 'reason', label: 'pause_reason', needed: true, rows: 3, bytes: 3000 }] },
    resume: { fields: [] },
    assignment: { may: 'assign', fields: [{ name: 'to', label: 'assignment_to', kind: 'line', needed: true, limit: 60 }] },
    notes: { may: 'note', fields: [{ name: 'text', label: 'notes_text', needed: true, rows: 4 }] },
    merge: {
        fields: [{ name: 'into', label: 'merge_into', kind: 'line', needed: true, fault: 'fault_no_case', limit: 64 },
            { name: 'reason', label: 'merge_reason', needed: true, rows: 3 }],
    },
    move: {
        fields: [{ name: 'operator', label: 'move_to', kind: 'operator', needed: true, fault: 'fault_operator' },
            { name: 'reason', label: 'move_reason', needed: true, rows: 3 }],
    },
};

const byte_length = (text) => new TextEncoder().encode(text.trim()).length;

function FieldOf({ field, item, session, value, set, wrong }) {
    const shared = { id: field.name, label: t(field.label), hint: field.hint && t(field.hint), wrong, value, onValue: set };
    if (field.kind === 'operator')
        return html`<${Select} ...${shared} options=${[['', t('move_pick')], ...session.operators
            .filter(({ operator }) => operator !== item.operator).map(({ operator, name }) => [operator, name])]} />`;
    if (field.kind === 'line') return html`<${Input} ...${shared} maxlength=${field.limit} />`;
    return html`<${Area} ...${shared} rows=${field.rows} maxlength="4000" />`;
}

function Act({ name, item, session, go }) {
    const act = acts[name];
    const [values, set_values] = useState({});
    const proposal = use_data(() => act.propose?.(item), [name]);
    useEffect(() => { if (proposal.data) set_values(proposal.data); }, [proposal.data]);
    const [is_sent, set_sent] = useState(false);
    const sending = use_sending();
    const files = use_files();
    const back = `/complaints/${encodeURIComponent(item.complaint)}`;
    const api = `${api_of(item.complaint)}/${name}`;
    const check = () => [
        ...act.fields.filter((field) => field.needed && !(values[field.name] ?? '').trim())
            .map((field) => ({ field: field.name, says: t(field.fault ?? 'needed', { label: t(field.label) }) })),
        ...act.fields.filter((field) => field.bytes && byte_length(values[field.name] ?? '') > field.bytes)
            .map((field) => ({ field: field.name, says: t('fault_long', { n: Math.floor(field.bytes / 3) }) })),
        act.only_files && !files.items.some((file) => !file.too_big) && { field: 'files', says: t('fault_files') },
    ];
    async function call() {
        const given = Object.fromEntries(act.fields.map((field) => [field.name, (values[field.name] ?? '').trim()]).filter(([, value]) => value));
        if (!act.only_files && !is_sent) await post(api, { ...given, ...act.add });
        if (!act.files || !files.items.length) return go(back);
        set_sent(true);
        return (await files.send_all(item.complaint)) ? go(back) : undefined;
    }
    const stop = () => sending.send(() => [], async () => { await post(api, { agreed: false }); go(back); });
    if (act.propose && !proposal.data)
        return proposal.problem ? html`<${Failed} problem=${proposal.problem} again=${proposal.again} />` : html`<${Loading} />`;
    return html`<p class="lede">${t(`${name}_says`)}</p>
        <${Form} onSend=${() => sending.send(check, call)}>
            <${Faults} faults=${sending.faults} />
            ${act.fields.map((field) => html`<${FieldOf} key=${field.name} field=${field} item=${item} session=${session} value=${values[field.name] ?? ''}
                set=${(value) => set_values((before) => ({ ...before, [field.name]: value }))} wrong=${fault_of(sending.faults, field.name)} />`)}
            ${act.files && (is_sent ? html`<${FileList} files=${files} complaint=${item.complaint} />` : html`<${FilePicker} files=${files} />`)}
            ${is_sent ? html`<p><a href=${page_of(item.complaint)}>${t('evidence_back')}</a></p>`
            : html`<${Sending} sending=${sending} verb=${t(`${name}_verb`)} look=${act.look}>
                ${name === 'publication' && item.publication?.agreed && html`<button class="button ends" type="button" onClick=${stop}>${t('publication_stop')}</button>`}
                <a href=${page_of(item.complaint)}>${t('back')}</a><//>`}<//>`;
}

export default function ComplaintAct({ params, session, go }) {
    const found = use_case(params.complaint);
    const known = acts[params.act];
    const is_person = session.role === 'subscriber' || session.role === 'public';
    return html`<${WithCase} of=${found}>${(item) => html`
        <${Trail} complaint=${item.complaint} is_person=${is_person} here=${known ? t(`${params.act}_head`) : params.act} />
        <h1>${known ? t(`${params.act}_head`) : t('not_may')}</h1>
        ${known && item.may.includes(known.may ?? params.act) ? html`<${Act} name=${params.act} item=${item} session=${session} go=${go} />`
        : html`<div class="mt5"><${Empty} title=${t('not_may')} says=${t('not_may_says')} to=${page_of(item.complaint)} act=${t('see_case')} /></div>`}`}<//>`;
}
