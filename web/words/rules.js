export default {
    zh: {
        head: '{n}项义务，限值写明从哪天起、依据什么', lede: '判断一件事，用的是计时开始那天、那个地区的限值。限值是记录，改一次记一次，过去的不变。',
        none: '还没有义务', none_says: '装上一个测量模块以后，它的义务列在这里。', clock: '怎样计时', limits: '限值', where: '哪里', nation: '全国', limit: '限值', from: '从', to: '到', in_force: '现行', unjudged: '其他限值', unjudged_open: '打开这{n}行', unjudged_note: '已经写进来，等相应的测量模块装上以后判断',
        basis: '依据', status: '状态', what: '情形', edit_new: '为这项义务写一行新的限值', statuses: '状态是什么意思',
        V: '看过规则原文', V2: '在二手资料里看到', R: '凭记忆录入，按本系统默认值对待，不作为法律依据', ours: '本系统自己的默认值', see_findings: '看违反它的情况', no_limit: '没有写限值',
        regulator_only: '只有管理局的账号能改限值', mark: '现行', before: '已失效', ahead: '还没有生效',
        edit_head: '从哪天起，限值改成多少？', edit_lede: '写的是一行新的记录。旧的一行留着，仍然判断它有效那段时间的事。', duty: '义务', value: '限值', unit: '单位', area: '在哪里', place: '城乡', statistic: '哪个数',
        town: '城镇', rural: '农村', until: '到哪天为止（不写就一直有效）', basis_hint: '规则的名称、文号和条款', status_hint: '按你看到的材料写', check: '下一步：看一遍', review: '要写进账本的一行', write: '写进账本',
        change: '再改改', written: '写好了，从{from}起有效', written_says: '现在账本里有这一行。计时从{from}或者以后开始的，按它判断。', to_rules: '回到规则', rejected: '没有写进去', effect: '计时从{from}起开始的，限值是{says}；更早开始的不变。',
        u_day: '天', u_workday: '个工作日', u_hour: '小时', u_minute: '分钟', u_month: '个月', u_year: '年', u_share: '比例（0到1）', u_count: '个', u_yuan: '元', source: '来源名', w_value: '写一个数，比如15', w_from: '选一个日期', w_basis: '写明依据', w_to: '要晚于起始日',
    },
    en: {
        head: ({ n }) => `${n} dut${n === 1 ? 'y' : 'ies'}, each limit with its day and its basis`, lede: 'A case is judged by the limit of the day on which its clock started, where it belongs. Limits are records: a change is one more record, and the past stays as it was.',
        none: 'No duties yet', none_says: 'The duties of a measure are listed here once it is installed.', clock: 'How the time is counted', limits: 'Limits', where: 'Where', nation: 'nation', limit: 'Limit', from: 'From', to: 'To',
        in_force: 'in force', basis: 'Basis', status: 'Status', what: 'For', edit_new: 'Write a new limit for this duty', statuses: 'What the status says', V: 'text of the rule seen', V2: 'seen quoted elsewhere',
        R: 'from memory: a default of this system, not law', ours: 'a default of this system', see_findings: 'Where it was broken', no_limit: 'no limit is written', regulator_only: 'Only the regulator changes limits', mark: 'in force', unjudged: 'Other limits', unjudged_open: 'Open these {n} rows', unjudged_note: 'On record, and judged once a measure for them is installed', before: 'no longer', ahead: 'not yet',
        edit_head: 'From which day, and how much?', edit_lede: 'This writes one new record. The old one stays and still judges the time in which it held.', duty: 'Duty', value: 'Limit', unit: 'Unit', area: 'Where', place: 'Town or country', statistic: 'Which number',
        town: 'town', rural: 'country', until: 'Until (empty: for good)', basis_hint: 'The rule’s name, number and article', status_hint: 'By what you have seen', check: 'Next: read it through', review: 'What will be written to the ledger',
        write: 'Write to the ledger', change: 'Change it', written: 'Written, in force from {from}', written_says: 'The ledger has it now. Clocks that start on {from} or later are judged by it.', to_rules: 'Back to the rules', rejected: 'It was not written',
        effect: 'Clocks that start from {from} on have the limit {says}; earlier ones do not change.', u_day: 'days', u_workday: 'working days', u_hour: 'hours', u_minute: 'minutes', u_month: 'months', u_year: 'years', u_share: 'share (0 to 1)',
        u_count: 'count', u_yuan: 'yuan', source: 'Source', w_value: 'Write a number, as 15', w_from: 'Choose a day', w_basis: 'Name the basis', w_to: 'Must be after the first day',
    },
};
