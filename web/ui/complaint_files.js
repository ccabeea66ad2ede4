// Files as evidence: picked one by one, sent one after another, with progress; one that failed stays and can be tried again.
import { html, useRef, useState } from '/htm/preact/standalone.module.js';
import { words } from '/ui/language.js';
import { bytes } from '/ui/format.js';
import { send_file } from '/ui/api.js';

const MOST = 10 * 1024 * 1024;
const t = words({
    zh: {
        pick: '选文件', hint: '截图、账单、录音都可以，每个不超过10 MB。', too_big: '超过10 MB。截一部分，或者压缩后再选。',
        waiting: '等着上传', sending: '已传{n}%', sent: '已收下', failed: '没传上去：{why}', again: '再传一次', remove: '去掉{name}', remove_short: '去掉',
        offline: '连不上服务器',
    },
    en: {
        pick: 'Choose files', hint: 'Screenshots, bills, recordings: at most 10 MB each.', too_big: 'more than 10 MB: take a part of it, or compress it.',
        waiting: 'waiting', sending: '{n}% sent', sent: 'received', failed: 'not sent: {why}', again: 'Try again', remove: 'Remove {name}', remove_short: 'Remove',
        offline: 'the server cannot be reached',
    },
});

// The files of a form: { items, add, remove, send_all(complaint) }. An item: { id, file, state: waiting|sending|sent|failed, percent, why }.
export function use_files() {
    const [items, set_items] = useState([]);
    const next = useRef(0);
    const change = (id, to) => set_items((before) => before.map((item) => (item.id === id ? { ...item, ...to } : item)));
    async function send_one(complaint, item) {
        change(item.id, { state: 'sending', percent: 0 });
        try {
            await send_file(`/api/complaints/${encodeURIComponent(complaint)}/evidence`, item.file, (percent) => change(item.id, { percent }));
            change(item.id, { state: 'sent' });
            return true;
        } catch (problem) {
            change(item.id, { state: 'failed', why: problem.status ? problem.message : t('offline') });
            return false;
        }
    }
    return {
        items,
        add: (files) => set_items((before) => [...before,
            ...files.map((file) => ({ id: next.current++, file, state: 'waiting', too_big: file.size > MOST }))]),
        remove: (id) => set_items((before) => before.filter((item) => item.id !== id)),
        send_one,
        // Whether all arrived.
        async send_all(complaint) {
            let all = true;
            for (const item of items) all = (!item.too_big && (item.state === 'sent' || await send_one(complaint, item))) && all;
            return all;
        },
    };
}

export function FilePicker({ files, label }) {
    return html`<div class="field"><label for="files">${label ?? t('pick')}</label><span class="hint" id="files-hint">${t('hint')}</span>
        <input class="input" id="files" type="file" multiple aria-describedby="files-hint"
            onChange=${(event) => { files.add([...event.target.files]); event.target.value = ''; }} /></div>
        <${FileList} files=${files} />`;
}

// With `complaint`: where they are sent, so that a failed one can be tried again.
export function FileList({ files, complaint }) {
    if (!files.items.length) return null;
    const says = (item) => item.too_big ? t('too_big')
        : t(item.state, { n: item.percent, why: item.why });
    return html`<ul class="plainlist" aria-live="polite">${files.items.map((item) => html`<li key=${item.id}>
        <b class="written">${item.file.name}</b> <span class="small quiet">${bytes(item.file.size)}</span>${' '}
        <span class=${`small ${item.too_big || item.state === 'failed' ? 'late' : item.state === 'sent' ? 'met' : 'quiet'}`}>${says(item)}</span>
        ${item.state === 'sending' && html` <progress max="100" value=${item.percent} aria-label=${item.file.name}></progress>`}
        ${complaint && item.state === 'failed' && html`<div class="acts mt2"><button class="button plain" type="button"
            onClick=${() => files.send_one(complaint, item)}>${t('again')}</button></div>`}
        ${!complaint && html` <button class="link" type="button" aria-label=${t('remove', { name: item.file.name })}
            onClick=${() => files.remove(item.id)}>${t('remove_short')}</button>`}</li>`)}</ul>`;
}
