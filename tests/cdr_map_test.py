#!/usr/bin/env python3
"""Call records as operators have them, loaded with the maps that come with the program."""
import unittest

from program import ROOT, ProgramCase

TARIFF = ('{"tariff":"T","operator":"jia","type":"main","monthly_fee":"18","allowances":[{"id":"d","service":"data","quantity":1048576,"scope":"home"}],'
          '"prices":[{"service":"data","per":1048576,"price":"1"},{"service":"voice","per":60,"price":"0.15"},{"service":"data","per":1048576,"price":"2","scope":"roaming"}]}')


class CdrMaps(ProgramCase):
    def setUp(self):
        super().setUp()
        self.mingbai("init")
        self.mingbai("load", "tariff", self.write("t.json", TARIFF))
        self.mingbai("load", "subscription", self.write("s.csv", "subscriber,tariff,from\n13900000001,T,2014-01-01\n"))

    def load(self, name, text, map_name, code=0):
        return self.mingbai("load", "usage", self.write(name, text), "--map", ROOT / "maps" / map_name, "--source", name, code=code).rows[-1]

    def usage(self):
        return {row.get("pool") or row["service"]: row for row in self.mingbai("usage", "13900000001", "--cycle", "2015-01").rows}

    def test_kilobytes(self):
        summary = self.load("gw.csv", "CDR_ID,IMSI,MSISDN,CDR_TYPE,BEGIN_TIME,VOLUME_KB,ROAM_FLAG,CELL_ID\n"
                                      "1,46000,8613900000001,GPRS,20150102030405,512,0,7\n"
                                      "2,46000,13900000001,LTE,20150103030405,1536.5,0,7\n"
                                      "3,46000,13900000001,GPRS,20150103040405,1024,1,7\n"
                                      "4,46000,13900000001,FAX,20150103040405,1,1,7\n", "cdr-kilobytes.json", code=3)
        self.assertEqual((summary["accepted"], summary["rejected"]), (3, 1))
        found = self.usage()
        self.assertEqual(found["data:home"]["used"], 1048576)
        self.assertEqual(found["data"]["over"], 512 * 1024 + 1573376 - 1048576 + 1048576)
        self.assertEqual(found["data"]["charge"], "3.00")

    def test_texts(self):
        head = "CDR_ID,IMSI,MSISDN,CDR_TYPE,BEGIN_TIME,VOLUME_KB,ROAM_FLAG,CELL_ID\n"
        texts = head + "1,46000,13900000001,SMS,20150102030405,0.14,0,7\n2,46000,13900000001,SMS,20150102030406,,0,7\n3,46000,13900000001,SMS,20150102030407,1,0,7\n"
        self.assertEqual(self.load("data.csv", texts, "cdr-kilobytes.json", code=3)["rejected"], 3)  # no volume is a number of messages
        self.assertEqual(self.load("smsc.csv", texts, "cdr-texts.json")["accepted"], 3)
        self.assertEqual(self.usage()["sms"]["over"], 3)

    def test_start_and_duration(self):
        summary = self.load("moc.csv", "localSequenceNumber,servedMSISDN,seizureOrAnswerTime,callDuration,recordType\n"
                                       "10,13900000001,150102030405+0800,61,0\n11,13900000001,2015-01-03T00:00:00+08:00,0,0\n"
                                       "12,13900000001,2015-01-31T16:30:00Z,60,0\n", "cdr-3gpp-voice.json")
        self.assertEqual(summary["accepted"], 3)
        self.assertEqual(self.usage()["voice"]["over"], 2)  # the last one lies in February in China
        again = self.load("moc.csv", "localSequenceNumber,servedMSISDN,seizureOrAnswerTime,callDuration,recordType\n"
                                     "10,13900000001,150102030405+0800,61,0\n", "cdr-3gpp-voice.json")
        self.assertEqual(again["duplicate"], 1)


if __name__ == "__main__":
    unittest.main()
