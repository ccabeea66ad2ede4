// Submit a file: choose kind and file; below, what was submitted, each with a way to take it back.
import { html, useRef, useState } from '/htm/preact/standalone.module.js';
import { href } from '/ui/language.js';
import { moment, number } from '/ui/format.js';
import { get, post, use_data } from '/ui/api.js';
import { Empty, Failed, Loading, With } from '/ui/state.js';
import { At } from '/ui/at.js';
import { Area, Faults, Select } from '/ui/field.js';
import { Downloads, More, Table } from '/ui/table.js';
import { meaning } from '/ui/record.js';
import words from '/words/upload.js';

export { words };
const by_program = ['withdrawal', 'unsealing', 'clock'];

function Withdraw({ source, t, session_again }) {
    const [why, set_why] = useState('');
    const [faults, set_faults] = useState([]);
    const [problem, set_problem] = useState(null);
    const [step, set_step] = useState('ask');
    const withdraw = async (event) => {
        event.preventDefault();
        const found = why.trim() ? [] : [{ field: 'why', says: t('why_wrong') }];
        set_faults(found);
        if (found.length) return;
        set_step('busy');
        try {
            await post('/api/sources/withdraw', { source, why: why.trim() });
            set_step('done');
            session_again();
        } catch (failure) { set_problem(failure); set_step('ask'); }
    };
    if (step === 'done') return html`<h1>${t('withdrawn', { source })}</h1><p class="lede">${t('withdrawn_says')}</p><p class="mt4"><a href=${href('/upload')}>${t('to_uploads')}</a></p>`;
    return html`<p class="trail"><a href=${href('/upload')}>${t('upload')}</a> › ${source}</p><h1>${t('withdraw_head', { source })}</h1><p class="lede">${t('withdraw_says_plain')}</p>
        <${Faults} faults=${faults} /><${Failed} problem=${problem} kept />
        <form class="form mt5" novalidate onSubmit=${withdraw}><${Area} id="why" label=${t('why')} hint=${t('why_hint')} value=${why} onValue=${set_why} wrong=${faults[0]?.says} rows="3" />
            ${step === 'busy' ? html`<${Loading} />` : html`<div class="acts"><button class="button ends">${t('withdraw_do')}</button><a href=${href('/upload')}>${t('cancel')}</a></div>`}</form>`;
}

function Choose({ kinds, t, go }) {
    const usable = kinds.filter(({ name }) => !by_program.includes(name));
    const [kind, set_kind] = useState(usable.some(({ name }) => name === 'complaint') ? 'complaint' : usable[0]?.name);
    const [faults, set_faults] = useState([]);
    const [problem, set_problem] = useState(null);
    const [is_busy, set_busy] = useState(false);
    const input = useRef(null);
    const look = async (event) => {
        event.preventDefault();
        const file = input.current.files[0];
        const found = file ? [] : [{ field: 'file', says: t('no_file') }];
        set_faults(found);
        if (!file) return;
        set_busy(true);
        try {
            const { upload } = await post(`/api/uploads?kind=${kind}&name=${encodeURIComponent(file.name)}`, file, 'application/octet-stream');
            go('/upload/' + upload);
        } catch (failure) { set_problem(failure); set_busy(false); }
    };
    return html`<${Faults} faults=${faults} /><${Failed} problem=${problem} kept />
        <form class="form mt5" novalidate onSubmit=${look}><${Select} id="kind" label=${t('kind')} value=${kind} onValue=${set_kind} options=${usable.map((each) => [each.name, `${meaning(each)} (${each.name})`])} />
            <div class="field"><label for="file">${t('file')}</label><span class="hint" id="file-hint">${t('file_hint')}</span>
                ${faults.length > 0 && html`<span class="wrong">${t('no_file')}</span>`}
                <input class="input" id="file" type="file" accept=".csv,.xlsx,.xls,.json,.jsonl,.gz" ref=${input} aria-describedby="file-hint" /></div>
            ${is_busy ? html`<${Loading} says=${t('looking')} />` : html`<div class="acts"><button class="button">${t('look')}</button></div>`}</form>`;
}

export default function Upload({ query, t, go, session_again }) {
    const withdrawing = query.get('withdraw');
    const kinds = use_data(() => get('/api/kinds'), []);
    const sources = use_data(() => get('/api/sources', { limit: 50 }), [withdrawing]);
    if (withdrawing) return html`<${Withdraw} key=${withdrawing} source=${withdrawing} t=${t} session_again=${session_again} />`;
    const may_go = ({ source }) => !source.startsWith('mingbai:');
    return html`<h1>${t('head')}</h1><p class="lede">${t('lede')}</p>
        <${With} of=${kinds}>${({ items }) => html`<${Choose} kinds=${items} t=${t} go=${go} />`}<//>
        <section class="section"><header><h2>${t('sources')}</h2><p>${t('sources_note')}</p></header><${With} of=${sources}>${(first) => (first.items.length ? html`<${More} first=${first}>${(items) => html`
            <${Table} stack rows=${items} row_key=${({ source }) => source} columns=${[
        { name: t('source'), head: true, cell: (row) => row.source },
        { name: t('records'), n: true, cell: (row) => number(row.records) },
        ...(items.some(({ account }) => account) ? [{ name: t('by'), cell: (row) => row.account ?? '—' }] : []),
        ...(items.some(({ time }) => time) ? [{ name: t('taken'), cell: (row) => (row.time ? moment(row.time) : '—') }] : []),
        { name: t('act'), cell: (row) => (may_go(row) ? html`<a href=${href('/upload?withdraw=' + encodeURIComponent(row.source))}>${t('undo')}</a>` : '—') },
    ]} />`}<//><${Downloads} path="/api/sources"><${At} position=${first.position} /><//>` : html`<${Empty} title=${t('none')} says=${t('none_says')} />`)}<//></section>`;
}
