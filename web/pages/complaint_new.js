// Filing a complaint: one question a page, saved at each step, all shown before it is sent; then the receipt.
import { html, useEffect, useRef, useState } from '/htm/preact/standalone.module.js';
import { basis_in_language, href, language, words as words_of } from '/ui/language.js';
import { day, end, list, moment, money } from '/ui/format.js';
import { post } from '/ui/api.js';
import { Area, Choices, Faults, Input, Select, fault_of } from '/ui/field.js';
import { Form, Sending, use_sending, yuan } from '/ui/complaint_form.js';
import { FileList, FilePicker, use_files } from '/ui/complaint_files.js';
import { use_draft } from '/ui/complaint_draft.js';
import { inner_areas } from '/ui/names.js';
import new_words, { asks } from '/words/complaint_new.js';
import { categories, category_name as name_of } from '/words/complaint_categories.js';

export const words = new_words;
const t = words_of(new_words);
const category_name = (category) => (category ? name_of(category) : t('category_none'));
const areas_of = (session) => (inner_areas(session).length ? inner_areas(session) : session.areas);
const named = (items, key, code) => items.find((each) => each[key] === code);
const letters = (text) => [...text.trim()].length;

// What is wrong with each step.
const checks = {
    1: (draft) => [!draft.operator && { field: 'operator', says: t('fault_operator') }, !draft.area && { field: 'area', says: t('fault_area') }],
    2: (draft) => [letters(draft.text) < 5 && { field: 'text', says: t('fault_text') }],
    3: (draft) => [
        !asks.some((each) => draft.claims[each]) && { field: 'claims', says: t('fault_claims') },
        draft.claims.refund?.amount?.trim() && yuan(draft.claims.refund.amount) === null && { field: 'amount', says: t('fault_amount') },
        draft.claims.other && !draft.claims.other.text?.trim() && { field: 'text_other', says: t('fault_other') },
    ],
    4: (draft, session) => {
        if (session.number) return [];
        const plain = draft.number.replace(/[\s-]/g, '');
        return [/^1\d+$/.test(plain) && plain.length !== 11 && { field: 'number', says: t('fault_number', { n: plain.length }) },
            !plain && { field: 'number', says: t('fault_number_none') }];
    },
};
const check = (step, draft, session) => checks[step](draft, session).filter(Boolean);
const step_address = (step) => `/complaints/new?step=${step}`;

function Place({ session, draft, change, faults }) {
    return html`<${Choices} id="operator" label=${t('operator')} wrong=${fault_of(faults, 'operator')} value=${draft.operator} onValue=${(operator) => change({ operator })}
            options=${session.operators.map(({ operator, name }) => [operator, name])} />
        <${Select} id="area" label=${t('area')} wrong=${fault_of(faults, 'area')} value=${draft.area} onValue=${(area) => change({ area })}
            options=${[['', t('area_pick')], ...areas_of(session).map((each) => [each.area, each.name])]} />`;
}

// The category is proposed when the writing rests; whatever is proposed, the person's own choice stays.
function Happened({ draft, change, faults }) {
    const [proposal, set_proposal] = useState(null);
    useEffect(() => {
        if (letters(draft.text) < 5) return undefined;
        let is_gone = false;
        const timer = setTimeout(async () => {
            const found = await post('/api/complaints/category', { text: draft.text }).catch(() => ({ failed: true, others: [] }));
            if (is_gone) return;
            set_proposal(found);
            if (!draft.chosen && found.category) change({ category: found.category });
        }, 600);
        return () => { is_gone = true; clearTimeout(timer); };
    }, [draft.text]);
    const offered = proposal && !proposal.failed ? [proposal.category, ...proposal.others.map((each) => each.category ?? each)] : [];
    const choose = (category) => change({ category: category || null, chosen: true });
    return html`<${Area} id="text" label=${t('text')} hint=${t('text_hint')} wrong=${fault_of(faults, 'text')} rows=${8} maxlength="4000" value=${draft.text}
            onValue=${(text) => change({ text })} />
        <div aria-live="polite">${offered.length ? html`<${Choices} id="category" label=${t('category')}
                value=${offered.includes(draft.category) ? draft.category : ''} onValue=${choose} options=${offered.map((each) => [each, category_name(each)])} />
            ` : html`<p class="quiet">${t(proposal?.failed ? 'category_failed' : 'category_wait')}</p>`}</div>
        ${proposal && html`<${Select} id="category_other" label=${t('category_other')} onValue=${choose}
            value=${offered.includes(draft.category) ? '-' : draft.category ?? ''}
            options=${[...(offered.length ? [['-', '—']] : []), ['', t('category_none')], ...categories.filter((each) => !offered.includes(each)).map((each) => [each, category_name(each)])]} />`}`;
}

function Wanted({ draft, change, faults }) {
    const wrong = fault_of(faults, 'claims');
    const set = (which, fields) => change({ claims: { ...draft.claims, [which]: fields && { ...draft.claims[which], ...fields } } });
    return html`<fieldset class="field" id="claims" tabindex="-1" aria-describedby=${`claims-hint${wrong ? ' claims-wrong' : ''}`}><legend>${t('claims_legend')}</legend>
        <span class="hint" id="claims-hint">${t('claims_hint')}</span>
        ${wrong && html`<span class="wrong" id="claims-wrong">${wrong}</span>`}
        ${asks.map((which) => {
            const claim = draft.claims[which];
            return html`<div key=${which}><label class="choice"><input type="checkbox" name="claims" value=${which} checked=${Boolean(claim)}
                    onChange=${(event) => set(which, event.target.checked ? {} : undefined)} /><span>${t(which)}</span></label>
                ${claim && html`<div class="form nested">
                    ${which === 'refund' && html`<${Input} id="amount" label=${t('amount')} hint=${t('amount_hint')} unit=${t('amount_unit')} wrong=${fault_of(faults, 'amount')}
                        inputmode="decimal" value=${claim.amount ?? ''} onValue=${(amount) => set(which, { amount })} />`}
                    <${Area} id=${`text_${which}`} label=${t('claim_text')} rows=${2} maxlength="1000" wrong=${fault_of(faults, `text_${which}`)} value=${claim.text ?? ''} onValue=${(text) => set(which, { text })} />
                </div>`}</div>`;
        })}</fieldset>`;
}

const Whose = ({ session, draft, change, faults, files }) => html`
    ${session.number && html`<p>${t('number_known', { number: session.number })}</p>`}
    ${!session.number && html`<${Input} id="number" label=${t('number')} hint=${t('number_hint')} wrong=${fault_of(faults, 'number')} size="16" inputmode="numeric"
        autocomplete="tel-national" value=${draft.number} onValue=${(number) => change({ number })} />`}
    <${FilePicker} files=${files} label=${t('files')} /><p class="small quiet">${t('files_note')}</p>`;

const steps = [null, Place, Happened, Wanted, Whose];
const nexts = [null, 'says_what', 'says_claims', 'says_number', 'says_check'];

const chosen_claims = (draft) => asks.filter((each) => draft.claims[each]).map((each) => ({ asks: each, ...draft.claims[each] }));

function All({ session, draft, files }) {
    const row = (step, what, value) => html`<div><dt>${what}</dt><dd>${value}${' '}
        <a class="small" href=${href(step_address(step))} aria-label=${t('change_of', { what })}>${t('change')}</a></dd></div>`;
    const operator = named(session.operators, 'operator', draft.operator);
    return html`<dl class="pairs">
        ${row(1, t('at_operator'), list([operator?.name, named(session.areas, 'area', draft.area)?.name].filter(Boolean)))}
        ${row(2, t('text'), html`<span class="written">${draft.text}</span><br />${category_name(draft.category)}`)}
        ${row(3, t('claims'), html`<ol>${chosen_claims(draft).map((claim, i) => html`<li key=${claim.asks}>${i + 1}. ${t(claim.asks)}${claim.asks === 'refund' && claim.amount?.trim()
            ? ` ${money(yuan(claim.amount))}` : ''}${claim.text ? html`<br /><span class="written quiet">${claim.text}</span>` : ''}</li>`)}</ol>`)}
        ${row(4, t('number_short'), session.number ?? (draft.number.trim() || t('none')))}
        ${row(4, t('files'), files.items.length ? list(files.items.map((item) => item.file.name)) : t('none'))}</dl>`;
}

function Receipt({ receipt, files, again }) {
    const [copied, set_copied] = useState('');
    const copy = () => navigator.clipboard.writeText(`${t('receipt')} ${receipt.complaint}\n${t('code')} ${receipt.code}`)
        .then(() => set_copied(t('copied')), () => set_copied(t('copy_failed')));
    const is_busy = files.items.some((item) => item.state === 'sending' || (item.state === 'waiting' && !item.too_big));
    const has_failed = files.items.some((item) => item.state === 'failed');
    return html`<h1>${receipt.due ? t('sent', { operator: receipt.operator_name, day: end(receipt.due) }) : t('sent_plain')}</h1>
        <section class="ask mt5"><h2>${t('write_down')}</h2>
            <dl class="pairs"><div><dt>${t('receipt')}</dt><dd class="code">${receipt.complaint}</dd></div>
                <div><dt>${t('code')}</dt><dd class="code">${receipt.code}</dd></div></dl>
            <div class="acts"><button class="button" type="button" onClick=${() => print()}>${t('print')}</button>
                <button class="button plain" type="button" onClick=${copy}>${t('copy')}</button><span role="status">${copied}</span></div></section>
        ${files.items.length > 0 && html`<section class="section"><div class="head"><h2>${t('uploads')}</h2></div>
            ${is_busy && html`<p>${t('upload_wait')}</p>`}${!is_busy && has_failed && html`<p>${t('upload_failed')}</p>`}
            <${FileList} files=${files} complaint=${receipt.complaint} /></section>`}
        <section class="section"><div class="head"><h2>${t('then')}</h2></div>
            ${receipt.limit_says && html`<p>${t('counted', { limit: receipt.limit_says, basis: basis_in_language(receipt.basis ?? '') })}</p>`}
            <ol class="plainlist"><li>${t('then_1')}</li><li>${t('then_2')}</li><li>${t('then_3')}</li></ol>
            <div class="acts noprint"><a href=${href(`/complaints/${receipt.complaint}`)}>${t('see')}</a>
                <a href=${href(step_address(1))} onClick=${again}>${t('another')}</a></div></section>`;
}

export default function ComplaintNew({ query, session, go, session_again }) {
    const { draft, change, forget, found } = use_draft();
    const files = use_files();
    const sending = use_sending();
    const [turned, set_turned] = useState([]);
    const [receipt, set_receipt] = useState(null);
    const asked = Number(query.get('step') ?? 1);
    // Nobody gets past a step that is not right yet.
    const first_wrong = [1, 2, 3, 4].find((each) => check(each, draft, session).length) ?? 5;
    const step = Math.min(Number.isInteger(asked) && asked >= 1 && asked <= 5 ? asked : 1, first_wrong);
    const head = useRef(null);
    const last = useRef(step);
    useEffect(() => {
        set_turned([]);
        if (last.current === step) return;
        last.current = step;
        head.current?.focus();
        scrollTo(0, 0);
    }, [step]);

    if (receipt) return html`<${Receipt} receipt=${receipt} files=${files} again=${() => set_receipt(null)} />`;

    async function send() {
        const claims = chosen_claims(draft).map((claim) => ({
            asks: claim.asks,
            ...(claim.asks === 'refund' && claim.amount?.trim() && { amount: yuan(claim.amount) }),
            ...(claim.text?.trim() && { text: claim.text.trim() }),
        }));
        const given = await post('/api/complaints', {
            operator: draft.operator, area: draft.area, text: draft.text.trim(), claims,
            ...(draft.category && { category: draft.category }),
            ...(!session.number && draft.number.trim() && { number: draft.number.replace(/[\s-]/g, '') }),
        });
        set_receipt(given);
        scrollTo(0, 0);
        forget();
        await session_again();
        files.send_all(given.complaint);
    }
    function next() {
        const faults = check(step, draft, session);
        set_turned(faults);
        if (!faults.length) go(step_address(step + 1));
    }
    const previous = step > 1 && html`<a href=${href(step_address(step - 1))}>${t('previous')}</a>`;
    const notes = html`<p class="small quiet">${found && draft.saved ? `${t('came_back', { time: moment(new Date(found).toISOString()) })} ` : ''}${t('saved')}${' '}
        ${draft.saved && html`<button class="link" type="button" onClick=${() => { forget(); go(step_address(1)); }}>${t('forget')}</button>`}</p>`;
    if (step === 5)
        return html`<p class="trail">${t('step_check')}</p><h1 tabindex="-1" ref=${head}>${t('ask_5')}</h1>
            <${Form} key="all" onSend=${() => sending.send(() => [], send)}>
                <${Faults} faults=${sending.faults} />
                <${All} session=${session} draft=${draft} files=${files} />
                <${Sending} sending=${sending} verb=${t('send')}>${previous}<//>${notes}<//>`;
    const Step = steps[step];
    return html`<p class="trail">${t('step', { n: step })}</p><h1 tabindex="-1" ref=${head}>${t(`ask_${step}`)}</h1>
        <${Form} key=${step} onSend=${next}>
            <${Faults} faults=${turned} />
            <${Step} session=${session} draft=${draft} change=${change} faults=${turned} files=${files} />
            <div class="acts mt2"><button class="button" type="submit">${t('next', { what: t(nexts[step]) })}</button>${previous}</div>${notes}<//>`;
}
