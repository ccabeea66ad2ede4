// What the pages are made of, without a browser: words in both languages, proofs, maps, the page table, weights.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const web = path.join(root, 'web');
const read = (name) => fs.readFileSync(path.join(web, name), 'utf8');
const files = (folder, ending) => fs.readdirSync(path.join(web, folder)).filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
const scripts = ['app.js', ...files('ui', '.js'), ...files('pages', '.js'), ...files('words', '.js')];
const pages = JSON.parse(read('pages.json'));
const htm = path.join(root, 'node_modules/htm/preact/standalone.module.js');

// A copy whose imports are files, not addresses of the server.
const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'mingbai-web-'));
test.after(() => fs.rmSync(copy, { recursive: true }));
fs.writeFileSync(path.join(copy, 'package.json'), '{"type":"module"}');
for (const name of [...scripts, 'htm/preact/standalone.module.js']) {
    const text = name.startsWith('htm/') ? fs.readFileSync(htm, 'utf8') : read(name);
    fs.mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
    fs.writeFileSync(path.join(copy, name), text.replaceAll(" from '/", ` from '${pathToFileURL(copy).pathname}/`));
}
globalThis.location = { pathname: '/' };
const load = (name) => import(pathToFileURL(path.join(copy, name)));

test('every word is said in both languages, and each in its own', async () => {
    for (const name of files('words', '.js').filter((each) => /export default \{/.test(read(each)))) {
        const { default: table } = await load(name);
        assert.deepEqual(Object.keys(table.zh).sort(), Object.keys(table.en).sort(), name);
        for (const [key, zh] of Object.entries(table.zh)) {
            const en = table.en[key];
            assert.ok(typeof zh === 'function' || typeof zh === 'string', `${name} ${key}`);
            if (typeof zh === 'string') assert.ok(!/[a-z]{4} [a-z]{4}/.test(zh.replace(/\{\w+\}/g, '')) || /[\u4e00-\u9fff]/.test(zh), `${name} ${key} is not Chinese`);
            if (typeof en === 'string') assert.ok(!/[\u4e00-\u9fff]/.test(en) || en === '中文', `${name} ${key} is not English`);
        }
    }
});

test('every word that a page asks for is there', async () => {
    const { default: frame } = await load('words/frame.js');
    for (const name of files('pages', '.js')) {
        const text = read(name), imported = [...text.matchAll(/from '\/(words\/\w+\.js)'/g)].map((found) => found[1]);
        const tables = [frame, ...await Promise.all(imported.map(async (each) => (await load(each)).default))];
        for (const [, key] of text.matchAll(/\bt\('(\w+)'[,)]/g)) assert.ok(tables.some((table) => key in table.zh), `${name}: ${key}`);
    }
});

const imports_of = (text) => [...text.matchAll(/(?:^|\n)(?:import|export)[^;]*? from '(\/[^']+)'/g)].map((found) => found[1]);
const text_of = (address) => (address.startsWith('/htm/') ? fs.readFileSync(htm, 'utf8') : read(address.slice(1)));

function needs(address, seen = new Set()) {
    if (seen.has(address)) return seen;
    seen.add(address);
    for (const each of imports_of(text_of(address))) needs(each, seen);
    return seen;
}

test('every page of the table has its module, which gives a page, and nothing that is not there is imported', () => {
    assert.equal(new Set(pages.map((page) => page.path)).size, pages.length);
    for (const { path: address, module } of pages) {
        assert.match(address, /^\/(:?[\w-]+(\/:?[\w-]+)*)?$/);
        needs(module);
        assert.match(text_of(module), /export default/);
    }
});

test('a page is light: its own files leave room for its data under 200 kB', () => {
    const frame = ['index.html', 'tokens.css', 'look.css', 'theme.js', 'pages.json', 'icon.svg'].reduce((sum, name) => sum + Buffer.byteLength(read(name)), 0);
    for (const { module } of pages) {
        const all = new Set([...needs('/app.js'), ...needs(module)]);
        const weight = frame + [...all].reduce((sum, address) => sum + Buffer.byteLength(text_of(address)), 0);
        assert.ok(weight < 165_000, `${module}: ${weight} bytes`);
    }
});

test('the policy holds: no markup from text, no inline style or script, nothing from elsewhere', () => {
    for (const name of [...scripts, 'index.html']) {
        const text = read(name);
        assert.ok(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/.test(text), name);
        assert.ok(!/\sstyle="/.test(text), name);
        assert.ok(!/https?:\/\/(?!www\.w3\.org\/2000\/svg)/.test(text), name);
        assert.ok(!/<script(?![^>]*src=)/.test(text), name);
    }
});

test('the first page’s modules are asked for at once', () => {
    const early = [...read('index.html').matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((found) => found[1]);
    for (const address of early) needs(address);
    for (const address of needs('/app.js')) assert.ok(address === '/app.js' || early.includes(address), address);
});

const sha = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts)).digest();
const leaf = (entry) => sha(Buffer.of(0), entry);
const split = (size) => 2 ** Math.floor(Math.log2(size - 1));
const tree = (leaves) => (leaves.length === 1 ? leaves[0] : sha(Buffer.of(1), tree(leaves.slice(0, split(leaves.length))), tree(leaves.slice(split(leaves.length)))));
function path_of(index, leaves) {
    if (leaves.length === 1) return [];
    const k = split(leaves.length);
    return index < k ? [...path_of(index, leaves.slice(0, k)), tree(leaves.slice(k))] : [...path_of(index - k, leaves.slice(k)), tree(leaves.slice(0, k))];
}

test('proofs are checked in the page as RFC 6962 says, and wrong ones do not pass', async () => {
    const { check } = await load('ui/proof.js');
    for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 21]) {
        const entries = Array.from({ length: size }, (_, i) => Buffer.from(`entry ${i}`)), leaves = entries.map(leaf), top = tree(leaves).toString('base64');
        for (let index = 0; index < size; index++) {
            const proof = { index, size, leaf: leaves[index].toString('base64'), path: path_of(index, leaves).map((step) => step.toString('base64')) };
            const good = await check(entries[index], proof, { size, root: top });
            assert.deepEqual([good.leaf, good.path, good.root], [true, true, true], `${index} of ${size}`);
            assert.equal((await check(Buffer.from('another'), proof, { size, root: top })).leaf, false);
            assert.equal((await check(Buffer.from('another'), proof, { size, root: top })).root, false);
            assert.equal((await check(entries[index], { ...proof, path: [...proof.path, proof.leaf] }, { size, root: top })).path, false);
            assert.equal((await check(entries[index], { ...proof, index: size }, { size, root: top })).path, false);
            assert.equal((await check(entries[index], proof, { size: size + 1, root: top })).root, false);
            if (size > 1) assert.equal((await check(entries[index], { ...proof, index: (index + 1) % size }, { size, root: top })).root, false);
        }
    }
});

test('a map changes one part at a time', async () => {
    const { field_of, open_places, with_column, with_spec } = await load('ui/map.js');
    const map = { kind: 'complaint', note: ['x'], fields: { id: 'No', operator: { value: '?' }, area: { column: 'City', values: { 南京: '320100', 盐城: '?' } } }, ignore: ['Firm'] };
    assert.deepEqual(open_places(map), [{ field: 'operator' }, { field: 'area', word: '盐城' }]);
    assert.equal(field_of(map, 'No'), 'id');
    assert.equal(field_of(map, 'Firm'), '');
    const given = with_column(map, 'Firm', 'operator', ['甲', '乙']);
    assert.deepEqual(given.fields.operator, { column: 'Firm', values: { 甲: '?', 乙: '?' } });
    assert.deepEqual(given.ignore, []);
    assert.ok(!('note' in given));
    const taken = with_column(given, 'Firm', 'id');
    assert.deepEqual([taken.fields.id, 'operator' in taken.fields, taken.ignore], [{ column: 'Firm' }, false, ['No']]);
    assert.deepEqual(with_column(map, 'City', '').ignore, ['Firm', 'City']);
    assert.deepEqual(open_places(with_spec(map, 'operator', null)), [{ field: 'area', word: '盐城' }]);
    assert.deepEqual(map.ignore, ['Firm']);
});
