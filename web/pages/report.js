// The period report: which period, which language; to read or to keep.
import { html, useState } from '/htm/preact/standalone.module.js';
import { href, language } from '/ui/language.js';
import { period } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { Choices, Select } from '/ui/field.js';
import words from '/words/account.js';

export { words };

function Choose({ periods, t }) {
    const quarters = periods.filter((each) => each.includes('Q'));
    const [chosen, set_chosen] = useState(quarters[0] ?? periods[0]);
    const [tongue, set_tongue] = useState(language);
    const address = `/api/report?period=${chosen}&lang=${tongue}`;
    const order = [...quarters, ...periods.filter((each) => each.length === 7 && each.includes('-')), ...periods.filter((each) => each.length === 4)];
    return html`<form class="form mt5" onSubmit=${(event) => event.preventDefault()}>
        <${Select} id="period" label=${t('period')} value=${chosen} onValue=${set_chosen} options=${order.map((each) => [each, period(each)])} />
        <${Choices} id="tongue" label=${t('report_language')} value=${tongue} onValue=${set_tongue} options=${[['zh', t('chinese')], ['en', t('english')]]} />
        <div class="acts"><a class="button" href=${address} target="_blank" rel="noopener">${t('open')}</a><a href=${address} download=${`mingbai-${chosen}-${tongue}.html`}>${t('save')}</a>
            <a href=${href('/verify')}>${t('check')}</a></div></form>`;
}

export default function Report({ t }) {
    const periods = use_data(() => get('/api/periods', { limit: 500 }), []);
    const over = (periods.data?.items ?? []).filter((item) => item.over !== false).map((item) => item.period);
    return html`<h1>${t('report_head')}</h1><p class="lede">${t('report_lede')}</p><${With} of=${periods}>${() => (over.length ? html`<${Choose} periods=${over} t=${t} />`
        : html`<div class="section"><${Empty} title=${t('none')} says=${t('none_says')} /></div>`)}<//>`;
}
