export default {
    zh: {
        title: '提醒：应发与已发', head_all: '{period}应发提醒{n}条，全部按时', head_some: '{period}应发提醒{n}条，{bad}条没有按时', none: '还没有应发的提醒',
        none_says: '有了用量记录和资费以后，这里按月列出应发了多少条、按时发了多少条。',
        meta: '按用量记录和资费算出应发的提醒，和企业报送的已发提醒逐条对照', by_month: '按月', by_operator: '分企业', chart: '按时的占比（%）',
        month: '月份', owed: '应发', in_time: '按时', late: '迟发', missing: '没发', share: '按时占比', delay: '延迟中位数（分钟）', of_operator: '企业',
        open_month: '{period}还没有结束', faults: '有问题的提醒', faults_note: '没发、迟发、重复、不该发、夹带广告、到期不提醒，逐条可以验证',
        no_faults: '没有有问题的提醒', all_faults: '看全部，按种类分', sent: '企业报送的已发提醒', figure: '指标定义',
    },
    en: {
        title: 'Reminders: owed and sent', head_all: '{period}: {n} reminders were due, all of them in time', head_some: '{period}: {n} reminders were due, {bad} of them not in time',
        none: 'No reminder was due yet', none_says: 'Once there are records of use and tariffs, this page lists by month how many reminders were due and how many were sent in time.',
        meta: 'What the records of use and the tariffs made due, against what the operator says it sent, one by one', by_month: 'By month', by_operator: 'By operator',
        chart: 'Share sent in time (%)', month: 'Month', owed: 'Due', in_time: 'In time', late: 'Late', missing: 'Not sent', share: 'In time, share', delay: 'Median delay (minutes)',
        of_operator: 'Operator', open_month: '{period} is not over', faults: 'Faulty reminders', faults_note: 'Missing, late, repeated, uncalled for, with advertising, ends not announced; each can be verified',
        no_faults: 'No faulty reminder', all_faults: 'See all, by kind', sent: 'What the operators say they sent', figure: 'Definition',
    },
};
