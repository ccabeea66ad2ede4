// A clerk submits a GBK file with columns of its own, says what they are, sees what is taken and what is not, and takes it back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { run, sign_in, until, zh } from './browser.mjs';

// Where the ledger stands, as the foot of the page says.
const position = async ({ page }) => Number(/第([\d,]+)条/.exec(await page.getByRole('contentinfo').textContent())[1].replaceAll(',', ''));

async function grown(clerk, before) {
    await until(async () => await position(clerk) > before, 'the ledger grew');
    return position(clerk);
}

await run(async ({ file, password }, come) => {
    const clerk = await come(zh), { page } = clerk;
    await sign_in(clerk, 'jia', password);
    await clerk.link('报送', page.getByRole('navigation')).click();
    await clerk.head(/选一类记录和一个文件/);
    await clerk.button('看能收多少').click();
    await page.getByRole('alert').getByText('选一个文件').waitFor();
    await clerk.field('哪类记录').selectOption('complaint');
    await clerk.field('文件').setInputFiles({ name: '台账.csv', mimeType: 'text/csv', buffer: fs.readFileSync(file) });
    await clerk.button('看能收多少').click();
    await clerk.head('先说清每一列是什么');
    await clerk.sees('编码GB18030', '例：甲电信, 乙移动');

    // What was proposed is not enough, and what lacks is listed.
    await clerk.button('按这样再看一遍').click();
    await page.getByRole('alert').getByText(/处要改/).waitFor();
    await clerk.field('单位: 对应').selectOption('operator');
    for (const [word, ours] of [['甲电信', '甲电信'], ['乙移动', '乙移动'], ['乱扣费', '扣费错误'], ['信号不好', '信号覆盖'], ['南京', '南京市 320100'],
        ['无锡', '无锡市 320200'], ['盐城', '盐城市 320900']])
        await clerk.field(word).selectOption({ label: ours });
    await clerk.field(/\(channel\)/).fill('热线');
    await clerk.button('按这样再看一遍').click();
    await clerk.head('5行，收3行，2行有问题');
    const rejected = page.getByRole('region', { name: '不收的行' }).getByRole('row');
    assert.deepEqual(await rejected.filter({ hasText: /G-00[45]/ }).count(), 2);
    await clerk.sees(/2026-13-40/);
    const before = await position(clerk);

    await clerk.button('写进账本：3行').click();
    await clerk.head('收了3条，2条没有收');
    const taken = await grown(clerk, before);
    await clerk.link('看这些记录').click();
    await clerk.head(/的记录/);
    await page.getByRole('row').filter({ hasText: 'G-001' }).waitFor();
    assert.equal(await page.getByRole('row').filter({ hasText: /G-00\d/ }).count(), 3);
    const list = page.url();

    await clerk.link('报送', page.getByRole('navigation')).click();
    await clerk.link('撤回', page.getByRole('row').filter({ hasText: '台账.csv' })).click();
    await clerk.head(/^撤回台账\.csv.*？$/);
    await clerk.button('撤回这个来源').click();
    await page.getByRole('alert').getByText('写一句原因').waitFor();
    await clerk.field('为什么撤回').fill('传错了文件');
    await clerk.button('撤回这个来源').click();
    await clerk.head(/^已经撤回台账\.csv/);
    const withdrawn = await grown(clerk, taken);
    await page.goto(list);
    await clerk.sees('没有这样的记录');
    return { before, taken, withdrawn };
});
