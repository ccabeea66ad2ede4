// The frame of every page: header, navigation by role, footer; and the router, which loads a page's module when it is asked for.
import { html, render, useEffect, useRef, useState } from '/htm/preact/standalone.module.js';
import { bare, href, href_other, language, other_language, words } from '/ui/language.js';
import { moment, number } from '/ui/format.js';
import { get, remove } from '/ui/api.js';
import { Failed, Loading } from '/ui/state.js';
import frame_words from '/words/frame.js';

const tags = { zh: 'zh-CN', en: 'en' };
document.documentElement.lang = tags[language];
const common = words(frame_words);

// At most seven for a role, and only those whose page there is: [path, word].
const navigation = {
    public: [['/', 'home'], ['/figures', 'figures'], ['/public/complaints', 'complaints'], ['/rules', 'rules'], ['/report', 'report']],
    subscriber: [['/usage', 'usage'], ['/complaints', 'my_complaints'], ['/public/complaints', 'complaints'], ['/figures', 'figures'], ['/rules', 'rules']],
    operator: [['/work', 'work'], ['/findings', 'findings'], ['/complaints', 'complaints'], ['/usage', 'usage'], ['/figures', 'figures'],
        ['/upload', 'upload'], ['/records', 'records']],
    tester: [['/', 'home'], ['/figures', 'figures'], ['/upload', 'upload'], ['/rules', 'rules']],
    regulator: [['/work', 'desk'], ['/findings', 'findings'], ['/figures', 'figures'], ['/complaints', 'complaints'], ['/rules', 'rules'],
        ['/records', 'records'], ['/report', 'report']],
    administrator: [['/records', 'records'], ['/upload', 'upload'], ['/accounts', 'accounts'], ['/findings', 'findings'],
        ['/complaints', 'complaints'], ['/rules', 'rules'], ['/report', 'report']],
};

// The page whose path fits, with what stands in its {names}.
function match(pages, pathname) {
    const asked = bare(pathname).split('/');
    for (const page of pages) {
        const wanted = page.path.split('/');
        if (wanted.length !== asked.length) continue;
        const params = {};
        const fits = wanted.every((part, i) => {
            if (!part.startsWith(':')) return part === asked[i];
            params[part.slice(1)] = decodeURIComponent(asked[i]);
            return asked[i] !== '';
        });
        if (fits) return { page, params };
    }
    return null;
}

const place = () => ({ pathname: location.pathname, search: location.search, key: `${location.pathname}${location.search}` });
let moved = () => {};

// Goes to a page of ours without loading the frame again: go('/complaints'), in the present language.
function go(path, { replace = false } = {}) {
    history[replace ? 'replaceState' : 'pushState'](null, '', href(path));
    moved();
}

function follow_links(pages) {
    document.addEventListener('click', (event) => {
        const link = event.target.closest?.('a[href]');
        if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
        if (link.hreflang || !match(pages, link.pathname)) return;
        if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
        event.preventDefault();
        history.pushState(null, '', link.href);
        moved();
    });
    addEventListener('popstate', () => moved());
}

function Theme() {
    const [theme, set_theme] = useState(document.documentElement.dataset.theme ?? 'auto');
    const choose = (event) => {
        const chosen = event.target.value;
        if (chosen === 'auto') delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = chosen;
        try {
            if (chosen === 'auto') localStorage.removeItem('theme');
            else localStorage.setItem('theme', chosen);
        } catch { /* not remembered */ }
        set_theme(chosen);
    };
    return html`<select class="theme" id="theme" aria-label=${common('theme')} value=${theme} onChange=${choose}>
        ${['auto', 'light', 'dark'].map((each) => html`<option value=${each}>${common(each)}</option>`)}</select>`;
}

function Header({ at, session }) {
    const sign_out = async (event) => {
        event.preventDefault();
        await remove('/api/session').catch(() => {});
        location.assign(href('/'));
    };
    const role = session?.role ?? 'public';
    const name = session?.account ?? session?.number ?? session?.complaint;
    return html`<header class="bar"><div class="wrap">
        <a class="brand" href=${href('/')}><svg viewBox="0 0 28 28" aria-hidden="true"><path d="M2.5 6.5h9v15h-9zM2.5 14h9" fill="none" stroke="currentColor" stroke-width="2.6"/><path d="M25.5 5.5a8.6 8.6 0 1 0 0 17 10.5 10.5 0 0 1 0-17z" fill="currentColor"/></svg><span>${common('mark')}</span>
            ${session && html`<small>${common('region', { province: session.province })}</small>`}</a>
        <div class="bar-links"><${Theme} />
            <a href=${href_other(at.pathname, at.search)} lang=${tags[other_language]} hreflang=${tags[other_language]}>${common('other')}</a>
            ${session && (role === 'public' ? html`<a href=${href('/signin')}>${common('sign_in')}</a>`
            : html`<a class="sign-out" href=${href('/')} hreflang=${tags[language]} onClick=${sign_out}><span class="wideonly">${name}${language === 'zh' ? '，' : ', '}</span>${language === 'en' ? common('sign_out').toLowerCase() : common('sign_out')}</a>`)}
        </div></div></header>`;
}

function Navigation({ at, session, pages }) {
    const here = bare(at.pathname);
    const items = navigation[session?.role ?? 'public'].filter(([path]) => pages.some((page) => page.path === path));
    const current = items.map(([path]) => path).filter((path) => here === path || (path !== '/' && here.startsWith(path + '/'))).at(-1);
    return html`<nav class="nav" aria-label=${common('main_navigation')}><div class="wrap"><ul>
        ${session ? items.map(([path, word]) => html`<li key=${path}><a href=${href(path)} aria-current=${path === current ? 'page' : undefined}>
            ${common(word)}</a></li>`) : html`<li><a> </a></li>`}
        </ul></div></nav>`;
}

const short = (root) => (root.length > 20 ? `${root.slice(0, 8)}…${root.slice(-7)}` : root);

function Footer({ session, pages }) {
    const links = (paths) => paths.filter(([path]) => pages.some((page) => page.path === path))
        .map(([path, word]) => html`<li key=${path}><a href=${href(path)}>${common(word)}</a></li>`);
    const { checkpoint } = session;
    return html`<footer class="foot"><div class="wrap">
        <section><h2>${common('whence')}</h2><dl class="keys">
            <dt>${common('position')}</dt><dd>${common('position_is', { n: number(session.position) })}</dd>
            ${checkpoint && html`<dt>${common('checkpoint')}</dt><dd>${checkpoint.time ? common('checkpoint_is', { time: moment(checkpoint.time) })
                : common('checkpoint_plain', { n: number(checkpoint.size) })}${' '}<a href="/checkpoint" download="checkpoint.note">${common('download')}</a></dd>
            <dt>${common('root')}</dt><dd><code>${short(checkpoint.root)}</code>${' '}<a href=${href('/verify')}>${common('verify')}</a></dd>`}
        </dl></section>
        <section class="links"><h2>${common('open')}</h2><ul>${links([['/figures', 'definitions'], ['/rules', 'limits'], ['/help/api', 'api']])}</ul></section>
        <section class="links"><h2>${common('help')}</h2><ul>${links([['/help/complain', 'help_complain'], ['/help/access', 'help_access'],
            ['/help/privacy', 'help_privacy']])}</ul></section>
        ${session.sample && html`<p class="fiction">${common('sample')}</p>`}</div></footer>`;
}

// After a page has come: its h1 names the document, and takes the focus unless it is the first.
function arrive(main, is_first) {
    const named = () => {
        const head = main.querySelector('h1');
        if (!head) return false;
        document.title = `${head.textContent.trim()} · ${common('mark')}`;
        return head;
    };
    let is_focused = is_first;
    const settle = () => {
        const head = named();
        if (!head || is_focused) return;
        is_focused = true;
        head.tabIndex = -1;
        head.focus({ preventScroll: true });
        scrollTo(0, 0);
    };
    settle();
    const watch = new MutationObserver(settle);
    watch.observe(main, { childList: true, subtree: true, characterData: true });
    return () => watch.disconnect();
}

function App({ pages }) {
    const [at, set_at] = useState(place);
    const [session, set_session] = useState(null);
    const [loaded, set_loaded] = useState(null);
    const [problem, set_problem] = useState(null);
    const main = useRef(null);
    const first = useRef(at.pathname);
    moved = () => set_at(place());
    const session_again = () => get('/api/session').then(set_session, set_problem);
    const found = match(pages, at.pathname);

    useEffect(() => { session_again(); }, []);
    useEffect(() => {
        if (!found) return;
        import(found.page.module).then(
            (module) => set_loaded({ path: found.page.path, module, t: words(module.words, frame_words) }),
            () => set_problem(Object.assign(new Error(''), { status: 0 })),
        );
    }, [found?.page.path]);
    useEffect(() => {
        const is_first = first.current === at.pathname;
        first.current = null;
        return arrive(main.current, is_first);
    }, [at.pathname]);

    const is_ready = session && found && loaded?.path === found.page.path;
    const Page = is_ready && loaded.module.default;
    const body = problem ? html`<${Failed} problem=${problem} again=${() => location.reload()} />`
        : !found ? html`<h1>${common('none')}</h1><${Failed} problem=${{ status: 404, message: '' }} />`
        : !is_ready ? html`<${Loading} />`
        : html`<${Page} key=${at.pathname} params=${found.params} query=${new URLSearchParams(at.search)} session=${session} t=${loaded.t}
            go=${go} session_again=${session_again} />`;
    return html`<a class="skip" href="#main">${common('skip')}</a>
        <${Header} at=${at} session=${session} /><${Navigation} at=${at} session=${session} pages=${pages} />
        ${session?.sample && html`<aside class="banner" aria-label=${common('sample_label')}><p class="wrap">${common('sample')}</p></aside>`}
        <main id="main" class="wrap" ref=${main} tabindex="-1">${body}</main>
        ${session && html`<${Footer} session=${session} pages=${pages} />`}`;
}

const pages = await fetch('/pages.json').then((response) => response.json()).catch(() => null);
if (pages) follow_links(pages);
render(pages ? html`<${App} pages=${pages} />` : html`<main class="wrap"><${Failed} problem=${{ status: 0 }} again=${() => location.reload()} /></main>`, document.body);
