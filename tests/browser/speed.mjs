// What a page weighs, and when it is usable over 1.6 Mbit/s and 150 ms with nothing kept: measured, for public pages and a case.
import { person, run, start, until, zh } from './browser.mjs';
import { places } from './places.mjs';

const network = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const TRIES = 3; // other work on the machine must not fail it: the best counts

// The bytes of all that a page takes, decoded.
async function weigh(who) {
    let bytes = 0;
    const bodies = [];
    who.page.on('response', (response) => bodies.push(response.body().then((body) => { bytes += body.length; }, () => {})));
    return async () => {
        await until(() => !who.pending.size, 'all requests are answered');
        await Promise.all(bodies);
        return bytes;
    };
}

// Seconds from the address to the head and the main data, without what is still loading.
async function measure(who, address) {
    const session = await who.page.context().newCDPSession(who.page);
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await session.send('Network.emulateNetworkConditions', network);
    const weight = await weigh(who);
    const begun = performance.now();
    await who.page.goto(who.base + who.address(address), { waitUntil: 'commit' });
    await who.page.waitForFunction(() => document.querySelector('main h1:not(.waiting)') && !document.querySelector('main [aria-busy="true"]'), null, { polling: 20 });
    return { seconds: (performance.now() - begun) / 1000, bytes: await weight() };
}

await run(async (settings) => {
    const of_case = [['public', '/complaints/:complaint', (of) => `/complaints/${of.answered}`, 'subscriber']];
    const of_all = places.filter(([, roles]) => roles.includes('public')).map(([path, , address]) => ['public', path, address]);
    const measured = [];
    for (const [, , address, role = 'public'] of [...of_all, ...of_case]) {
        const there = address(settings.of);
        let best = null;
        for (let i = 0; i < TRIES && !(best?.seconds <= 2.5); i++) {
            const browser = await start();
            const who = await person(browser, settings, { ...zh, cookie: settings.cookies[role] });
            const found = await measure(who, there);
            if (!best || found.seconds < best.seconds) best = found;
            await browser.close();
        }
        measured.push({ page: there, ...best });
    }
    return measured;
});
