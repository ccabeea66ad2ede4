// One finding: what was owed, what was found, the records that show it, the rule.
import { html } from '/htm/preact/standalone.module.js';
import { href } from '/ui/language.js';
import { get, use_data } from '/ui/api.js';
import { With } from '/ui/state.js';
import { Against, Evidence, Where, headline } from '/ui/finding.js';
import words from '/words/findings.js';

export { words };

export default function OneFinding({ params, session, t }) {
    const finding = use_data(() => get('/api/findings/' + params.finding), [params.finding]);
    const duties = use_data(() => get('/api/duties'), []);
    if (!finding.data) return html`<h1>${t('findings')}</h1><${With} of=${finding}>${() => null}<//>`;
    const found = finding.data;
    const duty = duties.data?.items.find((each) => each.duty === found.duty);
    const [about, id] = (found.subject ?? '').split(/:(.*)/s);
    return html`<p class="trail"><a href=${href('/findings')}>${t('findings')}</a> › ${found.finding}</p>
        <h1>${headline(found)}</h1><div class="finding one"><${Where} finding=${found} session=${session} position=${session.position} /><${Against} finding=${found} /></div>
        ${found.provisional && html`<p class="mt4">${t('provisional')}</p>`}
        <section class="section"><header><h2>${t('facts')}</h2></header><${Evidence} records=${found.records} session=${session} all />
            ${about === 'complaint' && html`<p class="mt3"><a href=${href('/complaints/' + encodeURIComponent(id))}>${t('case')}</a></p>`}</section>
        <section class="section prose"><div class="head"><h2>${t('rule')}</h2></div>${duty && html`<p>${duty.rule}</p>`}
            <p><a href=${href('/rules?duty=' + found.duty)}>${t('see_rule')}</a></p>
            <p class="small quiet">${t('id')} ${found.finding}</p><p class="small quiet">${t('stable')}</p></section>`;
}
