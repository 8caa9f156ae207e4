"""The vignettes: invented adults whose answers under every criteria set were worked out by hand.

Unless a chart says otherwise, the diagnosis is confirmed, every score is a PHQ-9 total, and adherence is documented as good.
"""

from tests.factory.chart import Chart
from tests.factory.findings import answered_questionnaire

CHARTS: dict[str, Chart] = {
    "V01 textbook": Chart(
        as_of="2024-07-05",
        conditions="F33.1 onset 2024-01-10",
        drugs="""
            drug        | from       | to         | mg/day | stop
            sertraline  | 2024-01-15 | 2024-01-28 | 50     |
                        | 2024-01-29 | 2024-03-31 | 100    | lack
            venlafaxine | 2024-04-01 | 2024-04-07 | 75     |
                        | 2024-04-08 | 2024-06-30 | 150    | lack
            """,
        scores="2024-01-14 = 20; 2024-03-29 = 17; 2024-06-28 = 15",
    ),
    "V01b orders only": Chart(
        as_of="2024-07-05",
        conditions="F33.1 onset 2024-01-10",
        adherence="unknown",
        drugs="""
            drug        | from       | to         | mg/day | stop | as
            sertraline  | 2024-01-15 | 2024-01-28 | 50     |      | request
                        | 2024-01-29 | 2024-03-31 | 100    | lack |
            venlafaxine | 2024-04-01 | 2024-04-07 | 75     |      | request
                        | 2024-04-08 | 2024-06-30 | 150    | lack |
            """,
        scores="2024-01-14 = 20; 2024-03-29 = 17; 2024-06-28 = 15",
    ),
    "V02 same class twice": Chart(
        as_of="2024-06-20",
        conditions="F33.9 onset 2023-12-20",
        drugs="""
            drug         | from       | to         | mg/day | stop
            escitalopram | 2024-01-08 | 2024-03-24 | 20     | lack
            sertraline   | 2024-03-25 | 2024-06-16 | 100    | lack
            """,
        scores="2024-01-07 = 19; 2024-03-23 = 16; 2024-06-15 = 14",
    ),
    "V03 not tolerated": Chart(
        as_of="2024-04-25",
        conditions="F33.9 onset 2024-01-20",
        drugs="""
            drug       | from       | to         | mg/day | stop
            sertraline | 2024-02-01 | 2024-02-10 | 50     | nausea
            duloxetine | 2024-02-15 | 2024-04-20 | 60     | lack
            """,
        scores="2024-02-14 = 21; 2024-04-18 = 18",
    ),
    "V04 below minimum": Chart(
        as_of="2024-05-01",
        conditions="F33.1 onset 2023-12-15",
        drugs="""
            drug        | from       | to         | mg/day | stop
            fluoxetine  | 2024-01-01 | 2024-03-03 | 40     | lack
            mirtazapine | 2024-03-04 | 2024-04-07 | 7.5    |
                        | 2024-04-08 | 2024-04-28 | 15     | lack
            """,
        scores="2024-01-01 = 22; 2024-03-02 = 19; 2024-04-27 = 18",
    ),
    "V05 dose table": Chart(
        as_of="2024-05-25",
        conditions="F33.1 onset 2023-12-15",
        drugs="""
            drug         | from       | to         | mg/day | stop
            escitalopram | 2024-01-01 | 2024-03-10 | 20     | lack
            venlafaxine  | 2024-03-11 | 2024-05-19 | 75     | lack
            """,
        scores="2024-01-01 = 20; 2024-03-09 = 18; 2024-05-18 = 16",
    ),
    "V06 cross-taper": Chart(
        as_of="2024-06-05",
        conditions="F33.1 onset 2023-12-20",
        drugs="""
            drug       | from       | to         | mg/day | stop
            paroxetine | 2024-01-01 | 2024-03-15 | 40     |
                       | 2024-03-16 | 2024-03-22 | 20     |
                       | 2024-03-23 | 2024-03-31 | 10     | lack
            bupropion  | 2024-03-16 | 2024-03-22 | 150    |
                       | 2024-03-23 | 2024-06-02 | 300    | lack
            """,
        scores="2024-01-02 = 21; 2024-03-14 = 18; 2024-06-01 = 19",
    ),
    "V07 augmentation": Chart(
        as_of="2024-06-15",
        conditions="F32.2 onset 2023-12-10",
        drugs="""
            drug         | from       | to         | mg/day | stop
            sertraline   | 2024-01-01 | ongoing    | 150    |
            aripiprazole | 2024-03-01 | 2024-05-31 | 5      | lack
            """,
        scores="2024-01-02 = 22; 2024-02-29 = 18; 2024-05-30 = 17",
    ),
    "V08 previous episode": Chart(
        as_of="2024-05-10",
        conditions="F33.1 onset 2024-02-05 recurrence",
        treatments="ect 2020-01",
        drugs="""
            drug        | from       | to         | mg/day | stop | for
            citalopram  | 2019-03-01 | 2019-06-30 | 40     | lack | F33.1
            venlafaxine | 2019-07-01 | 2019-11-30 | 225    | lack | F33.1
            sertraline  | 2024-02-10 | 2024-05-05 | 100    | lack |
            """,
        scores="2020-03-10 = 3; 2020-06-01 = 2; 2021-05-04 = 4; 2024-02-09 = 19; 2024-05-04 = 16",
    ),
    "V09 missing dose": Chart(
        as_of="2024-06-12",
        conditions="F33.1 onset 2023-12-20",
        drugs="""
            drug       | from       | to         | mg/day | stop
            fluoxetine | 2024-01-05 | 2024-04-07 | ?      | lack
            bupropion  | 2024-04-08 | 2024-06-09 | 300    | lack
            """,
        scores="2024-01-04 = 20; 2024-04-06 = 17; 2024-06-08 = 15",
    ),
    "V10a missing end": Chart(
        as_of="2024-07-05",
        conditions="F33.1 onset 2023-12-20",
        drugs="""
            drug         | from       | to         | mg/day | stop
            escitalopram | 2024-01-05 | ?          | 20     |
            venlafaxine  | 2024-04-01 | 2024-06-30 | 150    | lack
            """,
        scores="2024-01-04 = 21; 2024-03-30 = 18; 2024-06-28 = 16",
    ),
    "V10b dispensed": Chart(
        as_of="2024-07-05",
        conditions="F33.1 onset 2023-12-20",
        drugs="""
            drug         | from       | to         | mg/day | stop | as
            escitalopram | 2024-01-05 | ?          | 20     |      |
            escitalopram | 2024-01-05 | 2024-04-03 | 20     |      | dispense 30
            venlafaxine  | 2024-04-01 | 2024-06-30 | 150    | lack |
            """,
        scores="2024-01-04 = 21; 2024-03-30 = 18; 2024-06-28 = 16",
    ),
    "V11 restarted": Chart(
        as_of="2023-07-20",
        conditions="F33.1 onset 2022-12-10",
        drugs="""
            drug        | from       | to         | mg/day | stop
            fluoxetine  | 2023-01-02 | 2023-02-10 | 20     | other
            fluoxetine  | 2023-02-25 | 2023-04-30 | 20     | lack
            mirtazapine | 2023-05-01 | 2023-07-16 | 30     | lack
            """,
        scores="2023-01-02 = 18; 2023-04-20 = 15; 2023-07-15 = 14",
    ),
    "V12 for smoking": Chart(
        as_of="2024-04-20",
        conditions="F33.1 onset 2023-12-20",
        drugs="""
            drug       | from       | to         | mg/day | stop | for
            bupropion  | 2024-01-08 | 2024-03-31 | 300    |      | F17.210
            sertraline | 2024-01-15 | 2024-04-14 | 150    | lack |
            """,
        scores="2024-01-14 = 20; 2024-04-13 = 17",
    ),
    "V13 bipolar": Chart(
        as_of="2024-06-01",
        conditions="F31.81 recorded 2023-11-02; F33.1 recorded 2023-11-02",
        drugs="""
            drug        | from       | to         | mg/day | stop
            sertraline  | 2024-01-08 | 2024-03-17 | 100    | lack
            venlafaxine | 2024-03-18 | 2024-05-26 | 225    | lack
            """,
        scores="2024-01-07 = 21; 2024-03-16 = 19; 2024-05-25 = 18",
    ),
    "V14 response lost": Chart(
        as_of="2024-07-18",
        conditions="F33.1 onset 2023-08-15",
        drugs="""
            drug       | from       | to         | mg/day | stop
            sertraline | 2023-09-01 | 2024-05-05 | 100    |
            bupropion  | 2024-05-06 | 2024-07-14 | 300    | lack
            """,
        scores="2023-09-01 = 20; 2023-11-10 = 6; 2024-01-12 = 7; 2024-05-01 = 18; 2024-07-13 = 15",
    ),
    "V15 third too young": Chart(
        as_of="2024-07-15",
        conditions="F33.1 onset 2024-01-02",
        drugs="""
            drug        | from       | to         | mg/day | stop
            sertraline  | 2024-01-08 | 2024-03-31 | 150    | lack
            venlafaxine | 2024-04-01 | 2024-06-23 | 225    | lack
            mirtazapine | 2024-06-24 | ongoing    | 30     |
            """,
        scores="2024-01-07 = 20; 2024-03-30 = 18; 2024-06-22 = 16; 2024-07-12 = 15",
    ),
    "V16a a year each": Chart(
        as_of="2023-01-15",
        conditions="F33.1 onset 2020-11",
        drugs="""
            drug        | from | to   | mg/day | stop
            venlafaxine | 2021 | 2021 | 225    | lack
            bupropion   | 2022 | 2022 | 300    | lack
            """,
    ),
    "V16b years suffice": Chart(
        as_of="2023-01-15",
        conditions="F33.1 onset 2018",
        drugs="""
            drug        | from | to   | mg/day | stop
            venlafaxine | 2018 | 2020 | 225    | lack
            bupropion   | 2020 | 2022 | 300    | lack
            """,
    ),
    "V17 partial": Chart(
        as_of="2024-06-20",
        conditions="F33.1 onset 2023-12-15",
        drugs="""
            drug        | from       | to         | mg/day | stop
            sertraline  | 2024-01-01 | 2024-03-24 | 200    | lack
            venlafaxine | 2024-03-25 | 2024-06-16 | 225    | lack
            """,
        scores="2024-01-01 = 20; 2024-03-23 = 14; 2024-06-15 = 10",
    ),
    "V18 low doses": Chart(
        as_of="2024-06-01",
        conditions="F33.1 onset 2024-01-10",
        drugs="""
            drug          | from       | to         | mg/day | stop | for
            trazodone     | 2023-01-01 | ongoing    | 50     |      |
            amitriptyline | 2023-06-01 | ongoing    | 25     |      | neuropathic pain
            citalopram    | 2024-02-01 | 2024-05-15 | 20     | lack |
            """,
        scores="2024-01-31 = 18; 2024-05-14 = 16",
    ),
    "V19 safety": Chart(
        as_of="2024-06-01",
        born="1954-02-20",
        conditions="F33.2 onset 2023-12-10; I71.40 onset 2022-03-01; Z95.0 onset 2021-05-01",
        drugs="""
            drug       | from       | to         | mg/day | stop
            citalopram | 2024-01-08 | 2024-03-31 | 20     | lack
            duloxetine | 2024-04-01 | 2024-05-31 | 60     | lack
            """,
        scores="2024-01-07 = 21; 2024-03-30 = 19",
        more=(answered_questionnaire("2024-05-30", (2, 2, 2, 2, 2, 2, 2, 2, 2), 1),),
    ),
}
