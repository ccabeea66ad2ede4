// How to check the ledger with tools of one's own.
import { html } from '/htm/preact/standalone.module.js';
import { number } from '/ui/format.js';
import { raw, use_data } from '/ui/api.js';
import { With } from '/ui/state.js';
import { read_checkpoint } from '/ui/proof.js';
import words from '/words/records.js';

export { words };

export default function Verify({ t }) {
    const note = use_data(() => raw('/checkpoint').then((bytes) => new TextDecoder().decode(bytes)), []);
    const part = (word, command) => html`<h2>${t(word)}</h2><p>${t(word + '_says')}</p>${command && html`<pre>${command}</pre>`}`;
    return html`<h1>${t('verify_head')}</h1><p class="lede">${t('verify_lede')}</p>
        <div class="cols section"><div class="prose">${part('v1')}<p><a class="button plain" href="/checkpoint" download="checkpoint.note">${t('open_note')}</a></p>
            ${part('v2')}${part('v3', `curl '${location.origin}/api/proof?from=M&to=N'`)}${part('v4')}
            ${part('v5', 'mingbai verify --replay --checkpoint checkpoint.note')}${part('v6', 'mingbai verify --report report.html')}${part('tools')}</div>
        <div><h2 class="side">${t('present')}</h2><${With} of=${note}>${(text) => {
        const { origin, size, root } = read_checkpoint(text);
        return html`<dl class="pairs"><div><dt>${t('origin')}</dt><dd><code>${origin}</code></dd></div><div><dt>${t('size')}</dt><dd>${number(size)}</dd></div>
            <div><dt>${t('root')}</dt><dd><code>${root}</code></dd></div></dl><pre tabindex="0" role="region" aria-label=${t('present')}>${text}</pre>`;
    }}<//></div></div>`;
}
