// One record: its fields in words, its place in the ledger, and its proof, which can be downloaded and checked here.
import { html, useState } from '/htm/preact/standalone.module.js';
import { href } from '/ui/language.js';
import { number } from '/ui/format.js';
import { address, get, raw, use_data } from '/ui/api.js';
import { Failed, Loading, With } from '/ui/state.js';
import { At } from '/ui/at.js';
import { fields_said, kind_of, meaning, short_meaning } from '/ui/record.js';
import { check, read_checkpoint } from '/ui/proof.js';
import words from '/words/records.js';

export { words };

function Proof({ record, t }) {
    const [state, set_state] = useState(null);
    const place = { source: record.source, seq: record.seq };
    const verify = async () => {
        set_state({ is_busy: true });
        try {
            if (!globalThis.crypto?.subtle) { set_state({ note: t('no_crypto') }); return; }
            const [proof, note, entry] = await Promise.all([get('/api/proof', place), raw('/checkpoint'),
                raw(`/api/entries/${record.entry}?format=raw`).catch((problem) => problem)]);
            if (entry instanceof Error) { set_state(entry.status === 403 || entry.status === 404 ? { note: t('not_yours') } : { problem: entry }); return; }
            let checkpoint = read_checkpoint(new TextDecoder().decode(note)), shown = proof;
            if (proof.size !== checkpoint.size) shown = await get('/api/proof', { index: proof.index, size: checkpoint.size });
            set_state({ proof: shown, checkpoint, result: await check(entry, shown, checkpoint) });
        } catch (problem) { set_state({ problem }); }
    };
    const result = state?.result;
    const steps = result && [['leaf', t('step_leaf')], ['path', t('step_path', { n: state.proof.path.length })], ['root', t('step_root', { size: number(state.checkpoint.size) })]];
    return html`<section class="section" id="proof"><header><h2>${t('place')}</h2><p>${t('index', { n: number(record.entry) })}</p></header>
        <div class="acts"><button class="button" type="button" onClick=${verify}>${t('check')}</button>
            <a href=${address('/api/proof', place)} download=${`proof-${record.entry}.json`}>${t('open_proof')}</a>
            <a href=${`/api/entries/${record.entry}?format=raw`} download=${`entry-${record.entry}.bin`}>${t('open_raw')}</a>
            <a href="/checkpoint" download="checkpoint.note">${t('open_note')}</a></div>
        <p class="small quiet mt3">${t('check_says')}</p>
        <div aria-live="polite">${state?.is_busy && html`<${Loading} says=${t('checking')} />`}<${Failed} problem=${state?.problem} again=${verify} />
            ${state?.note && html`<div class="aside mt4"><p>${state.note}</p></div>`}
            ${result && html`<div class="mt4"><h3 class=${result.root && result.leaf ? 'met' : 'late'}>${t(result.root && result.leaf ? 'ok' : 'wrong')}</h3>
                <dl class="pairs">${steps.map(([name, says]) => html`<div><dt class=${result[name] ? 'met' : 'late'}>${t(result[name] ? 'holds' : 'fails')}</dt><dd>${says}</dd></div>`)}
                    <div><dt>${t('root')}</dt><dd><code>${result.computed}</code></dd></div></dl>
                <p class="mt3 small quiet">${t('not_checked')} <a href=${href('/verify')}>${t('verify')}</a></p></div>`}</div></section>`;
}

export default function OneRecord({ query, session, t }) {
    const place = { source: query.get('source'), seq: query.get('seq') };
    const found = use_data(async () => {
        const record = await get('/api/record', place);
        return { record, kind: await kind_of(record.kind) };
    }, [place.source, place.seq]);
    if (!found.data) return html`<h1>${t('record')}</h1><${With} of=${found}>${() => null}<//>`;
    const { record, kind } = found.data;
    const fields = fields_said(kind, record, session);
    return html`<p class="trail"><a href=${href('/records')}>${t('all_kinds')}</a> › <a href=${href('/records/' + kind.name)}>${meaning(kind)}</a></p>
        <h1>${t('record_head', { says: meaning(kind), source: record.source, seq: number(record.seq) })}</h1>
        <p class="meta"><span>${kind.name}</span><${At} position=${record.position} to="#proof" /></p>
        <dl class="pairs wide mt5">${fields.map(({ field, says }) => html`<div><dt>${short_meaning(field)}</dt><dd>${says} <span class="small quiet">${field.name}</span></dd></div>`)}</dl>
        ${fields.some(({ field }) => field.type === 'sealed') && html`<p class="small quiet mt3">${t('sealed_note')}</p>`}
        <${Proof} record=${record} t=${t} />`;
}
