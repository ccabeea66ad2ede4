// Signing in: staff with an account, people with their number and a code.
import { html, useEffect, useRef, useState } from '/htm/preact/standalone.module.js';
import { bare, href } from '/ui/language.js';
import { post } from '/ui/api.js';
import { Failed, Loading } from '/ui/state.js';
import { Faults, Input, fault_of } from '/ui/field.js';
import words from '/words/account.js';

export { words };

const homes = { subscriber: '/complaints/mine', operator: '/work', regulator: '/work', administrator: '/records', tester: '/upload' };

// Only a page of this site may follow.
function after(query, role) {
    const wanted = query.get('to') ?? '';
    return /^\/(?![/\\])/.test(wanted) && bare(wanted) !== '/signin' ? wanted : href(homes[role] ?? '/');
}

function use_form(query) {
    const [state, set_state] = useState({ faults: [] });
    const submit = (wrong, call, then) => async (event) => {
        event.preventDefault();
        const faults = wrong();
        if (faults.length) return set_state({ faults });
        set_state({ faults: [], is_busy: true });
        try {
            const answer = await call();
            if (then) { then(answer); set_state({ faults: [] }); } else location.assign(after(query, answer.role));
        } catch (problem) { set_state({ faults: problem.faults ?? [], problem }); }
        return undefined;
    };
    return { ...state, submit };
}

function Staff({ query, t }) {
    const [account, set_account] = useState('');
    const [password, set_password] = useState('');
    const { faults, problem, is_busy, submit } = use_form(query);
    const wrong = () => [...(account.trim() ? [] : [{ field: 'account', says: t('w_account') }]), ...(password ? [] : [{ field: 'password', says: t('w_password') }])];
    return html`<h1 tabindex="-1">${t('staff_head')}</h1><p class="lede">${t('staff_lede')}</p><${Faults} faults=${faults} /><${Failed} problem=${!faults.length && problem} title=${t('not_in')} kept />
        <form class="form mt5" novalidate onSubmit=${submit(wrong, () => post('/api/session', { account: account.trim(), password }))}>
            <${Input} id="account" label=${t('account')} value=${account} onValue=${set_account} wrong=${fault_of(faults, 'account')} autocomplete="username" autocapitalize="none" size="24" />
            <${Input} id="password" label=${t('password')} type="password" value=${password} onValue=${set_password} wrong=${fault_of(faults, 'password')} autocomplete="current-password" size="24" />
            ${is_busy ? html`<${Loading} />` : html`<div class="acts"><button class="button">${t('enter')}</button></div>`}</form>`;
}

function ByNumber({ query, t }) {
    const [number, set_number] = useState('');
    const [code, set_code] = useState('');
    const [is_sent, set_sent] = useState(false);
    const { faults, problem, is_busy, submit } = use_form(query);
    const clean = number.replace(/[\s-]/g, '').replace(/^\+?86(?=1\d{10}$)/, '');
    const send = submit(() => (/^\d{11}$/.test(clean) ? [] : [{ field: 'number', says: t('w_number') }]), () => post('/api/session/code', { number: clean }), () => set_sent(true));
    const enter = submit(() => (/^\d{6}$/.test(code.trim()) ? [] : [{ field: 'code', says: t('w_code') }]), () => post('/api/session/number', { number: clean, code: code.trim() }));
    return html`<h1 tabindex="-1">${t('number_head')}</h1><p class="lede">${t('number_lede')}</p><${Faults} faults=${faults} /><${Failed} problem=${!faults.length && problem} title=${t('not_in')} kept />
        <form class="form mt5" novalidate onSubmit=${is_sent ? enter : send}>${is_sent ? html`
            <${Input} key="code" id="code" label=${t('code')} hint=${t('code_hint', { number: clean })} value=${code} onValue=${set_code} wrong=${fault_of(faults, 'code')} inputmode="numeric" autocomplete="one-time-code" size="8" />`
        : html`<${Input} key="number" id="number" label=${t('number')} hint=${t('number_hint')} value=${number} onValue=${set_number} wrong=${fault_of(faults, 'number')} inputmode="tel" autocomplete="tel-national" size="16" />`}
            ${is_busy ? html`<${Loading} />` : html`<div class="acts"><button class="button">${t(is_sent ? 'enter' : 'send')}</button>
                ${is_sent && html`<button class="button plain" type="button" onClick=${() => set_sent(false)}>${t('resend')}</button>`}</div>`}</form>`;
}

export default function SignIn({ query, session, t }) {
    const to = query.get('to') ? '&to=' + encodeURIComponent(query.get('to')) : '';
    const by = query.get('by') ?? (to && !bare(query.get('to')).startsWith('/complaints') ? 'staff' : 'number');
    const is_number = by === 'number';
    // The other way to sign in is another page at the same address, and begins at its head.
    const form = useRef(null), shown = useRef(by);
    useEffect(() => {
        if (shown.current !== by) form.current.querySelector('h1').focus();
        shown.current = by;
    }, [by]);
    return html`<div ref=${form}>${is_number ? html`<${ByNumber} key="number" query=${query} t=${t} />` : html`<${Staff} key="staff" query=${query} t=${t} />`}</div>
        <ul class="plainlist mt6 prose"><li>${is_number ? html`<a href=${href('/signin?by=staff') + to}>${t('or_staff')}</a>` : html`<a href=${href('/signin?by=number') + to}>${t('or_number')}</a>`}</li>
            <li><a href=${href('/complaints/follow')}>${t('or_receipt')}</a></li></ul>
        ${session.sample && html`<p class="small quiet mt4">${t('sample_note')}</p>`}`;
}
