// The rows of one kind, newest state first asked by source or identifier; each leads to its record and proof.
import { html, useState } from '/htm/preact/standalone.module.js';
import { href } from '/ui/language.js';
import { number } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, Failed, Loading, With } from '/ui/state.js';
import { At, record_address } from '/ui/at.js';
import { kind_of, meaning, said, short_meaning } from '/ui/record.js';
import { Downloads, More, Table } from '/ui/table.js';
import { Input } from '/ui/field.js';
import words from '/words/records.js';

export { words };
// The fields by which the API narrows a list, where a kind has them.
const narrowing = ['id', 'complaint', 'appeal', 'operator', 'area', 'duty', 'month', 'date'];

function Filters({ kind, filters, t, go }) {
    const [chosen, set_chosen] = useState(filters);
    const names = ['source', ...narrowing.filter((name) => kind.fields.some((field) => field.name === name))];
    const show = (event) => {
        event.preventDefault();
        go(`/records/${kind.name}?${new URLSearchParams(Object.entries(chosen).filter(([, value]) => value))}`);
    };
    return html`<form class="filters noprint" onSubmit=${show}>${names.map((name) => html`<${Input} key=${name} id=${'filter-' + name} value=${chosen[name] ?? ''}
        label=${name === 'source' ? t('filter_source') : short_meaning(kind.fields.find((field) => field.name === name))} onValue=${(value) => set_chosen({ ...chosen, [name]: value })} />`)}
        <button class="button plain">${t('show')}</button></form>`;
}

export default function Records({ params, query, session, t, go }) {
    const filters = Object.fromEntries(query);
    const kind = use_data(() => kind_of(params.kind), [params.kind]);
    const rows = use_data(() => get('/api/records/' + params.kind, { ...filters, limit: 50 }), [params.kind, query.toString()]);
    const trail = html`<p class="trail"><a href=${href('/records')}>${t('all_kinds')}</a> › ${params.kind}</p>`;
    if (!kind.data) return html`${trail}<h1>${params.kind}</h1>${kind.problem ? html`<${Failed} problem=${kind.problem} again=${kind.again} />` : html`<${Loading} />`}`;
    const { fields } = kind.data;
    return html`${trail}<h1>${t('rows_head', { says: meaning(kind.data) })}</h1>
        <${Filters} kind=${kind.data} filters=${filters} t=${t} go=${go} />
        <div class="section"><${With} of=${rows}>${(first) => (first.items.length ? html`<${More} first=${first}>${(items) => html`<${Table} wide kind="small rows" caption=${meaning(kind.data)} rows=${items}
            row_key=${({ source, seq }) => `${source} ${seq}`} columns=${[
        { name: t('at'), cell: (row) => html`<${At} position=${row.position} to=${record_address(row)} />` },
        ...fields.filter((field) => items.some((row) => row[field.name] !== null && row[field.name] !== undefined)).map((field) => ({
            name: short_meaning(field), n: ['money', 'count', 'decimal'].includes(field.type), cell: (row) => said(field, row[field.name], session) ?? '—' })),
        { name: t('source'), cell: (row) => row.source }, { name: t('seq'), n: true, cell: (row) => number(row.seq) },
    ]} />`}<//><${Downloads} path=${'/api/records/' + params.kind} query=${filters}><${At} position=${first.position} /><//>`
        : html`<${Empty} title=${t('none_rows')} says=${t('none_rows_says')} to=${href('/records/' + params.kind)} act=${t('all')} />`)}<//></div>
        <section class="section"><header><h2>${t('written')}</h2></header><${Table} stack rows=${fields} row_key=${(field) => field.name} columns=${[
        { name: t('field'), head: true, cell: (field) => html`${meaning(field)} <small>${field.name}</small>` },
        { name: t('how_written'), cell: (field) => html`${field.type}${field.choices && html`<br /><small>${field.choices.map(meaning).join(', ')}</small>`}` },
        { name: t('needed'), cell: (field) => [field.needed && t('needed'), field.key && t('key')].filter(Boolean).join(', ') || '—' },
    ]} /></section>`;
}
