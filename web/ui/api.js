// Calls of the API. What fails throws a Problem, whose words are for people and in the language of the page.
import { useEffect, useState } from '/htm/preact/standalone.module.js';
import { language } from '/ui/language.js';

export class Problem extends Error {
    constructor(status, document) {
        super(document.detail || document.title || String(status));
        Object.assign(this, { status, title: document.title, number: document.instance, faults: document.errors ?? [], document });
        this.code = (document.type ?? '').split('/').pop();
    }
}

let csrf = null;

// An address of the API with a query, in the language of the page; values that are null, undefined or '' are left out.
export function address(path, query = {}) {
    const [place, given] = path.split('?');
    const asked = new URLSearchParams(given);
    for (const [name, value] of Object.entries({ lang: language, ...query }))
        if (value !== null && value !== undefined && value !== '') asked.set(name, value);
    return `${place}?${asked}`;
}

async function call(method, path, { query, body, type } = {}) {
    const headers = { accept: 'application/json, application/problem+json' };
    if (method !== 'GET' && csrf) headers['x-csrf-token'] = csrf;
    if (body !== undefined && body !== null) headers['content-type'] = type ?? 'application/json';
    let response;
    try {
        response = await fetch(address(path, query), {
            method, headers, credentials: 'same-origin',
            body: body === undefined || body === null ? undefined : type ? body : JSON.stringify(body),
        });
    } catch {
        throw new Problem(0, {});
    }
    const kind = response.headers.get('content-type') ?? '';
    const answer = kind.includes('json') ? await response.json().catch(() => ({})) : await response.text();
    if (!response.ok) throw new Problem(response.status, typeof answer === 'object' ? answer : {});
    if (path.startsWith('/api/session') && answer.csrf !== undefined) csrf = answer.csrf;
    return answer;
}

export const get = (path, query) => call('GET', path, { query });
// body: an object, or null where the route takes none; send a file's bytes with its media type as third argument.
export const post = (path, body = {}, type) => call('POST', path, { body, type });
export const put = (path, body = {}) => call('PUT', path, { body });
export const remove = (path) => call('DELETE', path);

// Sends a file's bytes and says how far it is, in percent: fetch cannot.
export function send_file(path, file, progress) {
    return new Promise((done, failed) => {
        const request = new XMLHttpRequest();
        request.open('POST', address(path, { name: file.name }));
        request.responseType = 'json';
        request.setRequestHeader('accept', 'application/json, application/problem+json');
        request.setRequestHeader('content-type', file.type || 'application/octet-stream');
        if (csrf) request.setRequestHeader('x-csrf-token', csrf);
        request.upload.onprogress = (event) => progress(Math.floor((event.loaded * 100) / (event.total || 1)));
        request.onload = () => (request.status < 300 ? done(request.response) : failed(new Problem(request.status, request.response ?? {})));
        request.onerror = () => failed(new Problem(0, {}));
        request.send(file);
    });
}

// The exact bytes of an answer that is no JSON.
export async function raw(path) {
    const response = await fetch(path, { credentials: 'same-origin' }).catch(() => null);
    if (!response?.ok) throw new Problem(response?.status ?? 0, (await response?.json().catch(() => ({}))) ?? {});
    return new Uint8Array(await response.arrayBuffer());
}

// Fetches when the page comes up and whenever `keys` change: { data, problem, loading, again }. `load` returns a promise, or null
// for nothing to fetch. Old data stays while new data is on its way, so that nothing jumps.
export function use_data(load, keys) {
    const [state, set_state] = useState({ loading: true });
    const [turn, set_turn] = useState(0);
    useEffect(() => {
        let is_gone = false;
        const promise = load();
        if (!promise) return undefined;
        set_state((before) => ({ ...before, loading: true, problem: undefined }));
        promise.then(
            (data) => is_gone || set_state({ data, loading: false }),
            (problem) => is_gone || set_state({ problem, loading: false }),
        );
        return () => { is_gone = true; };
    }, [...keys, turn]);
    return { ...state, again: () => set_turn(turn + 1) };
}
