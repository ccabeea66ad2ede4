// My complaints.
import { html } from '/htm/preact/standalone.module.js';
import { href, words as words_of } from '/ui/language.js';
import { Mine, mine_head, use_mine } from '/ui/complaint_mine.js';
import list_words from '/words/complaint_list.js';

export const words = list_words;
const t = words_of(list_words);

function Signed({ session }) {
    const mine = use_mine();
    return html`<h1>${mine.data ? mine_head(mine.data.items) : t('mine')}</h1>
        <div class="acts"><a class="button" href=${href('/complaints/new')}>${t('file')}</a><a href=${href('/public/complaints')}>${t('published')}</a></div>
        <div class="section"><${Mine} of=${mine} session=${session} /></div>`;
}

export default function ComplaintMine({ session }) {
    if (session.role === 'subscriber') return html`<${Signed} session=${session} />`;
    return html`<h1>${t('mine_public')}</h1><p class="lede">${t('mine_public_says')}</p>
        <div class="acts"><a class="button" href=${`${href('/signin')}?to=${encodeURIComponent(href('/complaints/mine'))}`}>${t('sign_in')}</a>
            <a href=${href('/complaints/follow')}>${t('follow_head')}</a></div>`;
}
