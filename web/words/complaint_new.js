// The words of filing a complaint, and what can be chosen there.
export const asks = ['refund', 'explain', 'stop_service', 'repair', 'other'];

export default {
    zh: {
        step: '投诉，第{n}步，共4步', step_check: '投诉，最后看一遍', saved: '每一步都已保存在这个浏览器里，14天内可以回来接着写。',
        forget: '清掉已写的', came_back: '{time}写的还在，接着写就行。', previous: '上一步', next: '下一步：{what}',
        // step 1
        ask_1: '投诉哪家企业，在哪里？', operator: '企业', area: '地区', area_pick: '选地区',
        fault_operator: '选一家企业', fault_area: '选一个地区',
        // step 2
        ask_2: '发生了什么？', text: '经过', text_hint: '什么时候、什么事、你做过什么。用自己的话写就行；内容密封保存，只有办这件事的人打得开，每次打开都有记录。',
        fault_text: '写几句经过，至少5个字', category: '看起来是这一类，不对就改', category_wait: '写完经过，这里会提议一个类别。', category_other: '别的类别',
        category_failed: '没能提议类别，自己选一个，或者不选。', category_none: '不选，由企业分',
        // step 3
        ask_3: '你想怎样解决？', claims_legend: '诉求（可多选）', claims_hint: '企业要对每一项分别答复，你再分别说认不认可。',
        amount: '金额', amount_hint: '不知道多少，可以不填', amount_unit: '元', claim_text: '补充一句（可不填）', fault_claims: '至少选一项',
        fault_amount: '写金额，比如18.00', fault_other: '写明你想要什么',
        refund: '退费', explain: '说明情况，给出记录', stop_service: '停掉一项业务', repair: '修好故障', other: '其他',
        // step 4
        ask_4: '哪个号码，有什么材料？', number: '手机号或宽带账号', number_hint: '只用来找到你的账单、给你发短信，存进账本前换成假名。',
        number_known: '用你登录的号码{number}', fault_number: '写11位号码，现在是{n}位', fault_number_none: '写出是哪个号码或账号', files: '材料',
        files_note: '材料在提交以后上传；中途离开要重新选。',
        // all of it
        ask_5: '这样提交吗？', change: '修改', change_of: '修改：{what}', at_operator: '企业和地区', claims: '诉求', number_short: '号码', none: '没有', send: '提交投诉',
        says_what: '说经过', says_claims: '说诉求', says_number: '号码和材料', says_check: '看一遍',
        // sent
        sent: '已收到，{operator}须在{day}前答复', sent_plain: '投诉已收到', write_down: '把这两个记下来，以后凭它们查看', receipt: '受理号', code: '查询码', print: '打印', copy: '复制', copied: '已复制',
        copy_failed: '没能复制，抄下来吧', then: '接下来', counted: '期限{limit}，{basis}。', then_1: '企业逐项答复；过了期限没有答复，你可以催办，也可以向管理局申诉。', then_2: '每一步我们都会发短信告诉你，短信里不写投诉内容。',
        then_3: '不认可答复，可以让它重新打开，或者申诉。', see: '看这件投诉', another: '再写一件', uploads: '材料', upload_wait: '正在上传材料，先别关这一页。',
        upload_failed: '有材料没传上去。投诉已经收到，不受影响；可以再传，也可以以后在投诉里补。',
    },
    en: {
        step: 'Complaint, step {n} of 4', step_check: 'Complaint, a last look', saved: 'Each step is saved in this browser; come back within 14 days to go on.',
        forget: 'Clear what I wrote', came_back: 'What you wrote on {time} is still here.', previous: 'Back', next: 'Next: {what}',
        ask_1: 'Which operator, and where?', operator: 'Operator', area: 'Area', area_pick: 'Choose an area',
        fault_operator: 'Choose an operator', fault_area: 'Choose an area',
        ask_2: 'What happened?', text: 'What happened', text_hint: 'When, what, and what you have done about it, in your own words. The text is sealed: only those who handle the case can open it, and each opening is recorded.',
        fault_text: 'Write a few words about what happened', category: 'It seems to be this; change it if it is not', category_wait: 'A category is proposed here once you have written.', category_other: 'Another category',
        category_failed: 'No category could be proposed: choose one, or none.', category_none: 'None: the operator will sort it',
        ask_3: 'What do you want?', claims_legend: 'Claims (one or more)', claims_hint: 'The operator answers each of them, and you say of each whether you accept the answer.',
        amount: 'Amount', amount_hint: 'May be left out if you do not know', amount_unit: 'yuan', claim_text: 'More about it (may be left out)', fault_claims: 'Choose at least one',
        fault_amount: 'Write an amount, such as 18.00', fault_other: 'Say what you want',
        refund: 'Money back', explain: 'An explanation, with the records', stop_service: 'A service stopped', repair: 'A repair', other: 'Something else',
        ask_4: 'Which number, and what evidence?', number: 'Mobile number or broadband account', number_hint: 'Used to find your bills and to text you; it becomes a pseudonym before it enters the ledger.',
        number_known: 'The number you signed in with, {number}', fault_number: 'Write 11 digits; there are {n}', fault_number_none: 'Write which number or account it is about', files: 'Evidence',
        files_note: 'Files are sent after the complaint; if you leave before that, choose them again.',
        ask_5: 'Send it like this?', change: 'Change', change_of: 'Change: {what}', at_operator: 'Operator and area', claims: 'Claims', number_short: 'Number', none: 'none', send: 'Send the complaint',
        says_what: 'what happened', says_claims: 'your claims', says_number: 'number and evidence', says_check: 'a last look',
        sent: 'Received: {operator} must answer before {day}', sent_plain: 'The complaint is received', write_down: 'Write these down: they lead back to it', receipt: 'Receipt number', code: 'Code', print: 'Print', copy: 'Copy', copied: 'Copied',
        copy_failed: 'Not copied: write them down', then: 'What happens then', counted: '期限{limit}，{basis}。', counted: 'The limit is {limit}: {basis}.', then_1: 'The operator answers each claim. If it has not by then, you can press it, and appeal to the regulator.', then_2: 'A text message tells you of each step, without what it is about.',
        then_3: 'If you do not accept an answer, you can reopen the case or appeal.', see: 'See this complaint', another: 'File another', uploads: 'Evidence', upload_wait: 'The files are on their way: keep this page open.',
        upload_failed: 'A file was not sent. The complaint is received all the same; send the file again, or add it later.',
    },
};
