// Chromium, driven as a person would use it: by roles and labels. What goes wrong on any page is kept, and fails the walk.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { chromium } from 'playwright-core';

const WAIT_MS = 30_000;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];

export const zh = { language: 'zh', width: 1280, theme: 'light' };
export const en = { ...zh, language: 'en' };

// Somebody with a browser of their own: nothing shared with others but the program. `cookie` signs in.
class Person {
    constructor(page, base, { language }) {
        Object.assign(this, { page, base, language, faults: [], pending: new Set() });
        page.on('request', (request) => this.pending.add(request));
        for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => this.pending.delete(request));
        page.on('console', (message) => message.type() === 'error' && this.faults.push(`console: ${message.text()} ${message.location().url ?? ''}`));
        page.on('pageerror', (error) => this.faults.push(`script: ${error.message}`));
        page.on('requestfailed', (request) => {
            // A download and a page that is left end their requests.
            if (request.failure()?.errorText !== 'net::ERR_ABORTED') this.faults.push(`request: ${request.url()} ${request.failure()?.errorText}`);
        });
    }

    address(path) { return this.language === 'en' ? `/en${path === '/' ? '' : path}` : path; }

    async open(path) {
        await this.page.goto(this.base + this.address(path));
        return this.head();
    }

    // Waits for a head that says so, and gives it.
    async head(says = /\S/) {
        const head = this.page.getByRole('heading', { level: 1 }).filter({ hasText: says, visible: true });
        await head.waitFor();
        return (await head.textContent()).trim();
    }

    async sees(...texts) {
        for (const text of texts) await this.page.getByText(text).and(this.page.locator(':visible')).first().waitFor();
    }

    // What a step makes go wrong on purpose: taken off the list, and it must have been there.
    async expect_fault(pattern) {
        await until(() => this.faults.some((fault) => pattern.test(fault)));
        this.faults = this.faults.filter((fault) => !pattern.test(fault));
    }

    link(name, within = this.page) { return within.getByRole('link', { name, exact: typeof name === 'string' }); }
    button(name, within = this.page) { return within.getByRole('button', { name, exact: typeof name === 'string' }); }
    field(name, within = this.page) { return within.getByLabel(name, { exact: typeof name === 'string' }); }
    radio(name, within = this.page) { return within.getByRole('radio', { name }); }
    group(name, within = this.page) { return within.getByRole('group', { name }); }
}

// Resolves when `condition()` holds; what it gave.
export async function until(condition, what = String(condition)) {
    for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
        const found = await condition();
        if (found) return found;
        await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`never came true: ${what}`);
}

// Waits until a page is all there: its head, and no part that is still on its way.
export async function settled({ page, pending }) {
    await page.waitForFunction(() => document.querySelector('main h1:not(.waiting):not([data-left])') && !document.querySelector('[aria-busy="true"]'));
    await until(() => !pending.size, 'all requests are answered');
}

export const letters = (spool) => (fs.existsSync(spool) ? fs.readFileSync(spool, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)) : []);

export async function start() {
    return chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
}

export async function person(browser, settings, { language, width, theme, cookie } = zh) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: 'reduce', acceptDownloads: true });
    context.setDefaultTimeout(WAIT_MS);
    if (cookie) await context.addCookies([{ name: 'mingbai', value: cookie, url: settings.base }]);
    return new Person(await context.newPage(), settings.base, { language });
}

// Runs a script: work(settings, come), where come(how) gives a new person. Prints what it gives as JSON; or what went wrong and
// what was on the pages then.
export async function run(work) {
    const settings = JSON.parse(process.argv[2]);
    const browser = await start();
    const people = [];
    const come = async (how) => { people.push(await person(browser, settings, how)); return people.at(-1); };
    try {
        const result = await work(settings, come, browser);
        for (const each of people) assert.deepEqual(each.faults, [], `faults of pages, the last at ${each.page.url()}`);
        console.log(JSON.stringify(result ?? {}));
    } catch (error) {
        console.error(error);
        for (const { page, faults } of people) {
            console.error(`--- ${page.url()} ${faults.join('\n')}`);
            console.error((await page.locator('body').innerText({ timeout: 1000 }).catch(() => '')).slice(0, 3000));
            if (process.env.MINGBAI_SHOTS) await page.screenshot({ path: `${process.env.MINGBAI_SHOTS}/${people.findIndex((each) => each.page === page)}.png`, fullPage: true }).catch(() => {});
        }
        process.exitCode = 1;
    }
    await browser.close();
}

export async function sign_in(who, account, password) {
    const words = who.language === 'zh' ? ['账号', '密码', '登录'] : ['Account', 'Password', 'Sign in'];
    await who.open('/signin?by=staff');
    await who.field(words[0]).fill(account);
    await who.field(words[1]).fill(password);
    await who.button(words[2]).click();
    await who.page.waitForURL((url) => !url.pathname.endsWith('/signin'));
    await settled(who);
}
