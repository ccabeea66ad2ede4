// Empty, loading, error: in place, and nothing disappears by itself.
import { html, useEffect, useState } from '/htm/preact/standalone.module.js';
import { href, words } from '/ui/language.js';
import { moment } from '/ui/format.js';

const t = words({
    zh: {
        loading: '还在取数据。网络慢的时候要等一会儿，不用重新打开。', failed: '没取到数据', not_done: '没有完成',
        offline: '连不上服务器。你的数据没有变；看看网络，一分钟后再试。',
        kept: '你已经写的还在这一页上，没有丢。', again: '再试一次', quote: '编号{number}，{time}',
        sign_in_first: '先登录，才能看这一页', sign_in: '登录', not_yours: '这一页给别的角色看',
        not_there: '没有这一页', not_there_says: '地址写错了，或者这一条不归你看。', home: '回首页',
    },
    en: {
        loading: 'Still fetching. A slow network takes a while; there is no need to open the page again.', failed: 'The data did not come',
        not_done: 'This was not done', offline: 'The server cannot be reached. Your data has not changed; check the network and try again in a minute.',
        kept: 'What you wrote is still on this page.', again: 'Try again', quote: 'Number {number}, {time}',
        sign_in_first: 'Sign in to see this page', sign_in: 'Sign in', not_yours: 'This page is for another role',
        not_there: 'There is no such page', not_there_says: 'The address is wrong, or this is not yours to see.', home: 'Home',
    },
});

export function Loading({ says }) {
    const [slow, set_slow] = useState(false);
    useEffect(() => {
        const timer = setTimeout(() => set_slow(true), 3000);
        return () => clearTimeout(timer);
    }, []);
    return html`<div class="state" aria-busy="true" role="status"><span class="wait"></span><span class="wait"></span><span class="wait"></span>
        ${slow && html`<p class="small quiet">${says ?? t('loading')}</p>`}</div>`;
}

// What will be here, and the one thing to do: { title, says, to, act }.
export function Empty({ title, says, to, act }) {
    return html`<div class="state"><h2>${title}</h2>${says && html`<p>${says}</p>`}
        ${to && html`<p><a href=${to}>${act}</a></p>`}</div>`;
}

// A problem in words. `again`: what to do on "try again"; `kept`: something was written here that is not lost.
export function Failed({ problem, again, kept, title }) {
    if (!problem) return null;
    const sign_in = href('/signin?to=') + encodeURIComponent(location.pathname + location.search);
    const head = title ?? (problem.status === 401 ? t('sign_in_first') : problem.status === 403 ? t('not_yours')
        : problem.status === 404 ? t('not_there') : kept ? t('not_done') : t('failed'));
    const body = problem.status === 0 ? t('offline') : problem.status === 404 && !problem.title ? t('not_there_says') : problem.message;
    return html`<div class="state error" role="alert"><h2>${head}</h2><p>${body}</p>
        ${kept && html`<p>${t('kept')}</p>`}
        ${problem.status === 401 && !kept ? html`<p><a class="button" href=${sign_in}>${t('sign_in')}</a></p>`
        : problem.status === 403 || problem.status === 404 ? html`<p><a href=${href('/')}>${t('home')}</a></p>`
        : again && html`<p><button class="button plain" type="button" onClick=${again}>${t('again')}</button></p>`}
        ${problem.number && html`<p class="small quiet">${t('quote', { number: problem.number, time: moment(new Date().toISOString()) })}</p>`}</div>`;
}

// The three in one: shows `children(data)` when it is there. `of` is what use_data gives.
export function With({ of, children }) {
    if (of.problem) return html`<${Failed} problem=${of.problem} again=${of.again} />`;
    if (of.data === undefined) return html`<${Loading} />`;
    return children(of.data);
}

// A sentence that is told to screen readers when it changes, and shown.
export const Told = ({ children }) => html`<p role="status" aria-live="polite">${children}</p>`;
