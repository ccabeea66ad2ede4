// One file before it is written: what would be taken and what not, the map, and then the result with its undo.
import { html, useState } from '/htm/preact/standalone.module.js';
import { href } from '/ui/language.js';
import { number } from '/ui/format.js';
import { address, get, post, put, remove, use_data } from '/ui/api.js';
import { Failed, Loading, With } from '/ui/state.js';
import { Select } from '/ui/field.js';
import { Table } from '/ui/table.js';
import { MapEditor } from '/ui/map_editor.js';
import { open_places } from '/ui/map.js';
import { kind_of, meaning } from '/ui/record.js';
import words from '/words/upload.js';

export { words };

function Lines({ rows, columns, kind, rejected, t, caption }) {
    const field_name = (field) => { const found = kind.fields.find(({ name }) => name === field); return found ? meaning(found) : field; };
    return html`<${Table} wide kind="small" caption=${caption} rows=${rows} row_key=${({ line }) => line} columns=${[
        { name: t('line'), n: true, cell: ({ line }) => number(line) },
        ...(rejected ? [{ name: t('reason'), cell: ({ field, reason }) => html`<b class="late">${field && field_name(field)}</b> ${reason}` }] : []),
        ...columns.map((column, i) => ({ name: column, cell: ({ cells }) => cells?.[i] ?? '' })),
    ]} />`;
}

function Result({ result, upload, t }) {
    const values = { accepted: number(result.accepted), rejected: number(result.rejected) };
    return html`<h1>${t(result.rejected ? 'done_head' : 'done_head_clean', values)}</h1><p class="lede">${t('done_says', { source: result.source })}</p>
        ${result.duplicate > 0 && html`<p class="mt3">${t('duplicate', { n: number(result.duplicate) })}</p>`}
        <div class="acts mt5"><a class="button" href=${href(`/records/${result.kind}?source=${encodeURIComponent(result.source)}`)}>${t('see')}</a>
            ${result.rejected > 0 && html`<a href=${address(`/api/uploads/${upload.upload}/rejected`)} download>${t('get_rejected')}</a>`}
            <a href=${href('/upload?withdraw=' + encodeURIComponent(result.source))}>${t('undo_this')}</a><a href=${href('/upload')}>${t('another')}</a></div>`;
}

export default function OneUpload({ params, session, t, go, session_again }) {
    const path = '/api/uploads/' + params.upload;
    const found = use_data(async () => { const upload = await get(path); return { upload, kind: await kind_of(upload.kind) }; }, [params.upload]);
    const [wants_map, set_wants_map] = useState(false);
    const [state, set_state] = useState({});
    if (!found.data) return html`<h1>${t('upload')}</h1><${With} of=${found}>${() => null}<//>`;
    const { upload, kind } = found.data;
    const { preview } = upload;
    if (state.result) return html`<${Result} result=${state.result} upload=${upload} t=${t} />`;
    const attempt = (doing, then) => { set_state({ is_busy: true }); doing.then(then, (problem) => set_state({ problem })); };
    const change = (body) => attempt(put(path + '/map', body), () => { set_state({}); found.again(); });
    const accept = () => attempt(post(path + '/accept', null), (result) => { set_state({ result }); session_again(); });
    const discard = () => attempt(remove(path), () => go('/upload'));
    const needs_map = upload.map_problem || (upload.map && open_places(upload.map).length > 0);
    const bad = preview?.rows.filter(({ ok }) => !ok) ?? [], good = preview?.rows.filter(({ ok }) => ok) ?? [];
    const values = preview && { read: number(preview.read), accepted: number(preview.accepted), rejected: number(preview.rejected) };
    return html`<p class="trail"><a href=${href('/upload')}>${t('upload')}</a> › ${upload.name}</p>
        <h1>${needs_map || !preview ? t('one_head_map') : t(preview.rejected ? 'one_head' : 'one_head_clean', values)}</h1>
        <p class="meta"><span>${upload.name}</span><span>${meaning(kind)}</span><span>${t('encoding', { encoding: upload.encoding ?? '—' })}</span><span>${upload.format}</span>
            ${preview?.duplicate > 0 && html`<span>${t('duplicates', { n: number(preview.duplicate) })}</span>`}${preview?.more && html`<span>${t('more')}</span>`}</p>
        ${upload.sheets?.length > 1 && html`<div class="filters"><${Select} id="sheet" label=${t('sheet')} value=${upload.sheet} options=${upload.sheets.map((sheet) => [sheet, sheet])} onValue=${(sheet) => change({ map: null, sheet })} /></div>`}
        ${!needs_map && preview?.accepted > 0 && !state.is_busy && html`<div class="acts mt5"><button class="button" type="button" onClick=${accept}>${preview.more ? t('accept_all') : t('accept', { n: number(preview.accepted) })}</button>
            <button class="button ends" type="button" onClick=${discard}>${t('discard')}</button></div>`}
        ${state.is_busy && html`<${Loading} />`}${!needs_map && html`<${Failed} problem=${state.problem} kept />`}
        ${bad.length > 0 && !needs_map && html`<section class="section"><header><h2>${t('rejected')} ${values.rejected}</h2><p>${t('rejected_note')}</p></header>
            <${Lines} rows=${bad} columns=${upload.columns} kind=${kind} rejected t=${t} caption=${t('rejected')} />
            <p class="small mt3"><a href=${address(path + '/rejected')} download>${t('get_rejected')}</a></p></section>`}
        <section class="section"><header><h2>${t('map')}</h2><p>${upload.map ? t('map_note') : ''}</p></header>
            ${upload.map || wants_map ? html`<${MapEditor} key=${JSON.stringify(upload.map)} upload=${upload} kind=${kind} session=${session} t=${t} save=${(map) => change({ map })}
                problem=${html`${upload.map_problem && html`<div class="state error" role="alert"><p>${upload.map_problem}</p></div>`}<${Failed} problem=${needs_map && state.problem} kept />`} />`
        : html`<p>${t('columns_are_fields')}</p><div class="acts"><button class="button plain" type="button" onClick=${() => set_wants_map(true)}>${t('make_map')}</button></div>`}</section>
        ${good.length > 0 && html`<section class="section"><header><h2>${t('taking')}</h2><p>${t('taking_note', { n: number(good.length) })}</p></header><${Lines} rows=${good} columns=${upload.columns} kind=${kind} t=${t} caption=${t('taking')} /></section>`}
        ${needs_map && html`<div class="acts"><button class="button ends" type="button" onClick=${discard}>${t('discard')}</button></div>`}`;
}
