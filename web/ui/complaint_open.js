// A case with its sealed texts in clear. Each opening is noted in the ledger; who may see a case but not its texts gets it sealed.
import { html } from '/htm/preact/standalone.module.js';
import { capital, href, words } from '/ui/language.js';
import { get, post, use_data } from '/ui/api.js';
import { Failed, Loading } from '/ui/state.js';
import complaint_words from '/words/complaint.js';

const t = words(complaint_words);

export const api_of = (complaint) => `/api/complaints/${encodeURIComponent(complaint)}`;
export const page_of = (complaint, act) => href(`/complaints/${encodeURIComponent(complaint)}${act ? `/${act}` : ''}`);

export const use_case = (complaint) => use_data(
    () => post(`${api_of(complaint)}/open`).catch((problem) => {
        if (problem.status === 403) return get(api_of(complaint));
        throw problem;
    }), [complaint]);

// The first sentence of what the person wrote names the case; sealed, its category does.
export function headline(item) {
    const first = item.text?.trim().split(/[。！？!?\n]|\.\s/)[0];
    if (!first) return t('headline_sealed', { category: capital(item.category_name ?? t('complaints')), operator: item.operator_name });
    const letters = [...first];
    return letters.length > 60 ? `${letters.slice(0, 58).join('')}…` : first;
}

// What stands instead of a case that is not there, or not for the one who looks.
export function WithCase({ of, children }) {
    if (of.problem?.status === 404 || of.problem?.status === 401)
        return html`<h1>${t('not_found')}</h1><p class="lede">${t('not_found_do')}</p>
            <div class="acts"><a class="button" href=${href('/complaints/follow')}>${t('follow')}</a></div>`;
    if (of.problem) return html`<h1>${t('complaints')}</h1><${Failed} problem=${of.problem} again=${of.again} />`;
    if (!of.data) return html`<${Loading} />`;
    return children(of.data);
}

export const Trail = ({ complaint, is_person, here }) => html`<p class="trail">
    <a href=${href(is_person ? '/complaints/mine' : '/complaints')}>${t(is_person ? 'my_complaints' : 'complaints')}</a> › ${here
        ? html`<a href=${page_of(complaint)}>${complaint}</a> › ${here}` : complaint}</p>`;
