"""Makes openpyxl.xlsx beside this file: pip install openpyxl, then python3 openpyxl.py."""

import datetime
import pathlib
import sys

here = pathlib.Path(__file__).parent
sys.path.remove(str(here))
import openpyxl

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "村情"
sheet.append(["清塘镇村情表"])
sheet.merge_cells("A1:F1")
sheet.append(["序号", "村名", "人口", "评星年份", "集体经济收入", None])
sheet.append([None, None, None, None, "收入（万元）", "增长"])
for area in ["A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2"]:
    sheet.merge_cells(area)
sheet.append([1, "庆乐村", 3120, datetime.date(2025, 11, 22), 22.5, 0.298])
sheet.append([2, "联桂村", 2800, datetime.date(2024, 1, 1), None, -0.05])
sheet.append([None, "合计", 5920])
for row in (4, 5):
    sheet.cell(row, 4).number_format = "yyyy/m/d"
    sheet.cell(row, 6).number_format = "0.0%"
moment = datetime.datetime(2026, 11, 22)
book.properties.created = book.properties.modified = moment
book.save(here / "openpyxl.xlsx")

cases = here.parent / "cases"


def save(path, title, rows, formats):
    """A workbook of one sheet with number formats for some cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cell, code in formats.items():
        sheet[cell].number_format = code
    book.properties.created = book.properties.modified = moment
    book.save(cases / path)


save(
    "table-indicators/in/content/indicators/指标.xlsx",
    "指标",
    [
        ["指标名称", "时期", "数值", "单位", "增长"],
        ["主题党日", "2024年", 9, "次", None],
        ["主题党日", "2025年", 13, "次", 0.444],
        ["村集体经济总收入", "2025年", 150.5, None, 0.298],
    ],
    {"E3": "0.0%", "E4": "0.0%", "C4": '0.00"万元"'},
)
save(
    "table-faults/in/content/villages/村情.xlsx",
    "Sheet1",
    [
        ["清塘镇村情表"],
        [],
        ["序号", "村名", "人口"],
        [1, "甲村", 1],
        [2, "乙村", 2],
        [3, "丙村", 3],
        [4, "丁村", "四百"],
    ],
    {},
)
