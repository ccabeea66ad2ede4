// Tables, with their downloads. A column: { name, n (right-aligned number), cell(row), head (this cell names the row), label
// (on a phone, of `stack` tables), hide (on a phone) }.
import { html, useState } from '/htm/preact/standalone.module.js';
import { words } from '/ui/language.js';
import { address, get } from '/ui/api.js';
import { Failed } from '/ui/state.js';
import frame_words from '/words/frame.js';

const t = words(frame_words);

export function Table({ columns, rows, stack, kind, row_key, caption, wide }) {
    const cell = (column, row) => (column.head ? html`<th scope="row">${column.cell(row)}</th>`
        : html`<td class=${[column.n && 'n', column.hide && 'wideonly', column.plot && 'plot'].filter(Boolean).join(' ') || undefined}
            data-l=${stack && column.label !== null ? column.label ?? column.name : undefined}>${column.cell(row)}</td>`);
    const table = html`<table class=${[kind, stack && 'stack'].filter(Boolean).join(' ') || undefined}>
        ${caption && html`<caption>${caption}</caption>`}
        <thead><tr>${columns.map((column) => html`<th scope="col" class=${[column.n && 'n', column.hide && 'wideonly'].filter(Boolean).join(' ') || undefined}>${column.name}</th>`)}</tr></thead>
        <tbody>${rows.map((row, i) => html`<tr key=${row_key ? row_key(row) : i}>${columns.map((column) => cell(column, row))}</tr>`)}</tbody></table>`;
    return wide ? html`<div class="scroll" tabindex="0" role="region" aria-label=${caption ?? columns[0].name}>${table}</div>` : table;
}

// The same rows as files.
export const Downloads = ({ path, query, children }) => html`<p class="small quiet mt3 downloads">
    <a href=${address(path, { ...query, format: 'csv' })} download>${t('csv')}</a>
    <a href=${address(path, { ...query, format: 'xlsx' })} download>${t('xlsx')}</a>${children}</p>`;

// The pages of a list: { items, next, total? } and then more of them. `first` is the first answer; children(items) shows all.
export function More({ first, children }) {
    const [pages, set_pages] = useState([first]);
    const [problem, set_problem] = useState(null);
    const [is_waiting, set_waiting] = useState(false);
    const shown = pages[0] === first ? pages : [first];
    const more = () => {
        if (is_waiting) return;
        set_waiting(true);
        get(shown.at(-1).next).then((page) => { set_pages([...shown, page]); set_problem(null); }, set_problem).finally(() => set_waiting(false));
    };
    return html`${children(shown.flatMap(({ items }) => items))}
        <${Failed} problem=${problem} again=${more} />
        ${shown.at(-1).next && html`<p class="mt4"><button class="button plain" type="button" aria-busy=${is_waiting} onClick=${more}>
            ${t('more_rows')}</button></p>`}`;
}
