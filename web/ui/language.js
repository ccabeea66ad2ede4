// The language of this page, which is in its address: /en/... is English, all else Chinese.

export const language = /^\/en(\/|$)/.test(location.pathname) ? 'en' : 'zh';
export const other_language = language === 'en' ? 'zh' : 'en';

// The address of a page of ours in this language, and the same page in the other.
export const href = (path) => (language === 'en' ? '/en' + (path === '/' ? '' : path) : path);
export const bare = (pathname) => pathname.replace(/^\/en(?=\/|$)/, '') || '/';
export const href_other = (pathname, search) =>
    (other_language === 'en' ? '/en' + (bare(pathname) === '/' ? '' : bare(pathname)) : bare(pathname)) + search;

// Makes t(key, values) of tables { zh: {key: says}, en: {...} }, the first that has the key. What it says is a text with {names}
// of values in it, or a function of the values (for plurals), which may return anything that htm takes.
export function words(...tables) {
    return function t(key, values = {}) {
        const table = tables.find((each) => each && key in each[language]);
        if (!table) return key;
        const says = table[language][key];
        if (typeof says === 'function') return says(values);
        return says.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
    };
}

// The same in another form: pick({ zh: '...', en: '...' }).
export const pick = (both) => both[language];

// A word or a clause that begins a line.
export const capital = (text) => (text ? text[0].toUpperCase() + text.slice(1) : text);

// A basis of law that comes with the program is said in both languages, "中文 / English"; another stays as it is.
export function basis_in_language(basis) {
    const [zh, en] = basis.split(' / ');
    return en && language === 'en' ? en : zh;
}

// The words of { zh, en }, where the API gives both; a text stays as it is.
export const either = (says) => (says && typeof says === 'object' ? says[language] : says);
