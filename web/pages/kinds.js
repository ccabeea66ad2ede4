// The kinds of records: what each is, its fields, and the way to its rows.
import { html } from '/htm/preact/standalone.module.js';
import { href, pick } from '/ui/language.js';
import { number } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { meaning, short_meaning } from '/ui/record.js';
import { Table } from '/ui/table.js';
import words from '/words/records.js';

export { words };

export default function Kinds({ t }) {
    const kinds = use_data(() => get('/api/kinds'), []);
    const items = kinds.data?.items ?? [];
    return html`<h1>${kinds.data ? t('head', { n: number(items.length) }) : t('records')}</h1><p class="lede">${t('lede')}</p>
        <div class="section"><${With} of=${kinds}>${() => (items.length ? html`<${Table} stack rows=${items} row_key=${(kind) => kind.name} columns=${[
        { name: t('kind'), head: true, cell: (kind) => html`<a href=${href('/records/' + kind.name)}>${meaning(kind)}</a> <small>${kind.name}</small>` },
        { name: t('fields'), cell: (kind) => html`${kind.fields.slice(0, 6).map(short_meaning).join(pick({ zh: '、', en: ', ' }))}${kind.fields.length > 6 ? ' …' : ''}${kind.bulk && html`<br /><small>${t('bulk')}</small>`}` },
        { name: t('key'), cell: (kind) => (kind.key ?? []).join(' + ') || '—' },
    ]} />` : html`<${Empty} title=${t('none')} says=${t('none_says')} />`)}<//></div>`;
}
