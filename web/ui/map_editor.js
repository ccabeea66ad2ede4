// The editor of a map: what each column of the file is, in which words and forms, and what the file lacks.
import { html, useState } from '/htm/preact/standalone.module.js';
import { Area, Faults, Input, Select } from '/ui/field.js';
import { field_of, field_spec, ignored, open_mark, open_places, with_column, with_spec } from '/ui/map.js';
import { meaning, short_meaning } from '/ui/record.js';

const units = ['byte', 'kB', 'KB', 'MB', 'GB', 'TB', 'bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 's', 'min', 'h', 'yuan', 'jiao', 'fen', 'percent', '万', '亿'];
const nothing = '\u0000';

// What a field may be: [[value, says]], or null where it takes any text.
function choices_of(field, session, t) {
    if (field.type === 'choice') return field.choices.map((choice) => [choice.word, meaning(choice)]);
    if (field.type === 'flag') return [['true', t('yes')], ['false', t('no')]];
    if (field.type === 'code' && field.name === 'operator') return session.operators.map(({ operator, name }) => [operator, name]);
    if (field.type === 'code' && field.name === 'area') return session.areas.map(({ area, name }) => [area, `${name} ${area}`]);
    return null;
}

const value_id = (field, word) => `map-${field}-${[...word].map((character) => character.codePointAt(0).toString(36)).join('-')}`;
const said_value = (value) => (value === null ? nothing : String(value));

function Values({ field, spec, set_spec, session, t }) {
    const choices = choices_of(field, session, t) ?? [];
    const options = (value) => [...(value === open_mark ? [[open_mark, t('fill')]] : []), ...choices,
        ...(choices.some(([each]) => each === value) || value === open_mark || value === nothing ? [] : [[value, value]]), [nothing, t('nothing')]];
    const set = (word) => (value) => set_spec({ ...spec, values: { ...spec.values, [word]: value === nothing ? null : value } });
    const otherwise = spec.otherwise === undefined ? '' : said_value(spec.otherwise);
    return html`<table class="mt2"><thead><tr><th scope="col">${t('in_file')}</th><th scope="col">${t('with_us')}</th></tr></thead><tbody>
        ${Object.entries(spec.values).map(([word, value]) => html`<tr key=${word}><th scope="row"><label for=${value_id(field.name, word)}>${word}</label></th>
            <td><select class="input" id=${value_id(field.name, word)} aria-invalid=${value === open_mark ? 'true' : undefined} onChange=${(event) => set(word)(event.target.value)}>
            ${options(said_value(value)).map(([each, says]) => html`<option value=${each} selected=${each === said_value(value)}>${says}</option>`)}</select></td></tr>`)}
        <tr><th scope="row"><label for=${value_id(field.name, '')}>${t('otherwise')}</label></th><td><select class="input" id=${value_id(field.name, '')}
            onChange=${(event) => { const { otherwise: _, ...rest } = spec; const { value } = event.target; set_spec(value === '' ? rest : { ...rest, otherwise: value === nothing ? null : value }); }}>
            ${[['', t('refuse')], ['*', t('as_is')], [nothing, t('nothing')], ...choices].map(([each, says]) => html`<option value=${each} selected=${each === otherwise}>${says}</option>`)}</select></td></tr>
        </tbody></table>`;
}

function Column({ column, examples, map, set_map, kind, session, t }) {
    const name = field_of(map, column);
    const field = kind.fields.find((each) => each.name === name);
    const spec = field && field_spec(map, name);
    const set_spec = (next) => set_map(with_spec(map, name, next));
    const choose = (next) => {
        const chosen = kind.fields.find((each) => each.name === next);
        set_map(with_column(map, column, next, chosen && choices_of(chosen, session, t) ? examples : null));
    };
    return html`<tr><th scope="row">${column}<br />${examples.length > 0 && html`<small>${t('examples', { says: examples.slice(0, 3).join(', ') })}</small>`}</th>
        <td><select class="input" aria-label=${`${column}: ${t('to')}`} onChange=${(event) => choose(event.target.value)}>
            ${[[ignored, t('ignore')], ...kind.fields.map((each) => [each.name, `${short_meaning(each)} (${each.name})`])].map(([each, says]) => html`<option value=${each} selected=${each === name}>${says}</option>`)}</select>
            ${spec?.values && html`<${Values} field=${field} spec=${spec} set_spec=${set_spec} session=${session} t=${t} />`}
            ${field && (field.type === 'time' || field.type === 'date' || field.type === 'month') && html`<div class="mt2"><${Input} id=${'forms-' + name} label=${t('forms')} hint=${t('forms_hint')} value=${(spec.forms ?? []).join(' | ')}
                onValue=${(text) => { const { forms, ...rest } = spec; set_spec(text.trim() ? { ...rest, forms: text.split('|').map((each) => each.trim()) } : rest); }} /></div>`}
            ${field && ['money', 'count', 'decimal'].includes(field.type) && html`<div class="mt2"><${Select} id=${'unit-' + name} label=${t('unit')} value=${spec.unit ?? ''} options=${[['', t('no_unit')], ...units.map((unit) => [unit, unit])]}
                onValue=${(unit) => { const { unit: _, ...rest } = spec; set_spec(unit ? { ...rest, unit } : rest); }} /></div>`}</td></tr>`;
}

// What the file has no column for: a fixed value for every line.
function Lacking({ map, set_map, kind, columns, session, t }) {
    const lacking = kind.fields.filter((field) => !columns.some((column) => field_of(map, column) === field.name) && (field.needed || map.fields?.[field.name]));
    if (!lacking.length) return null;
    return html`<h3 class="mt5 side">${t('unnamed')}</h3><div class="form mt4">${lacking.map((field) => {
        const spec = field_spec(map, field.name) ?? {};
        const set = (value) => set_map(with_spec(map, field.name, value ? { value } : null));
        const choices = choices_of(field, session, t);
        if (spec.made) return html`<p>${meaning(field)}: ${t('made')}</p>`;
        const value = spec.value === undefined ? '' : String(spec.value);
        return choices ? html`<${Select} id=${'fixed-' + field.name} label=${`${short_meaning(field)} (${field.name})`} hint=${t('fixed')} value=${value}
            options=${[...(value === open_mark ? [[open_mark, t('fill')]] : []), ['', '—'], ...choices]} onValue=${set} />`
        : html`<${Input} id=${'fixed-' + field.name} label=${`${short_meaning(field)} (${field.name})`} hint=${t('fixed')} value=${value === open_mark ? '' : value} onValue=${set} />`;
    })}</div>`;
}

export function MapEditor({ upload, kind, session, t, save, problem }) {
    const [map, set_map] = useState(upload.map ?? { kind: kind.name, fields: {}, ignore: [] });
    const [raw, set_raw] = useState(null);
    const [faults, set_faults] = useState([]);
    const lines = upload.preview ? upload.preview.rows.map(({ cells }) => cells) : upload.lines ?? [];
    const examples = (i) => [...new Set(lines.map((cells) => cells?.[i]).filter(Boolean))].slice(0, 40);
    const name = (field) => meaning(kind.fields.find((each) => each.name === field) ?? { meaning: field });
    const submit = (event) => {
        event.preventDefault();
        let wanted = map;
        if (raw !== null) {
            try { wanted = JSON.parse(raw); } catch (failure) { set_faults([{ field: 'map-raw', says: t('raw_wrong', { says: failure.message }) }]); return; }
        }
        const open = open_places(wanted);
        set_faults(open.map(({ field, word }) => ({ field: word === undefined ? `fixed-${field}` : value_id(field, word), says: word === undefined ? t('open_field', { field: name(field) }) : t('open_one', { field: name(field), word }) })));
        if (!open.length) save(wanted);
    };
    return html`<${Faults} faults=${faults} />${problem}
        <form novalidate onSubmit=${submit}><table class="stack map"><thead><tr><th scope="col">${t('column')}</th><th scope="col">${t('to')}</th></tr></thead>
            <tbody>${upload.columns.map((column, i) => html`<${Column} key=${column} column=${column} examples=${examples(i)} map=${map} set_map=${set_map} kind=${kind} session=${session} t=${t} />`)}</tbody></table>
            <${Lacking} map=${map} set_map=${set_map} kind=${kind} columns=${upload.columns} session=${session} t=${t} />
            <details class="mt4" onToggle=${(event) => set_raw(event.target.open ? JSON.stringify(map, null, 2) : null)}><summary>${t('raw')}</summary>
                ${raw !== null && html`<${Area} id="map-raw" label="JSON" value=${raw} onValue=${set_raw} rows="16" spellcheck="false" wrong=${faults.find(({ field }) => field === 'map-raw')?.says} />`}</details>
            <div class="acts"><button class="button plain">${t('save')}</button></div></form>`;
}
