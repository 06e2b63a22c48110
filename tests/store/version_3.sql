-- A database of store version 3 as its program made it, with a case, two decisions and a portfolio of one project.
BEGIN TRANSACTION;
CREATE TABLE cases (
    id VARCHAR(32) NOT NULL,
    title VARCHAR(300) NOT NULL,
    text TEXT NOT NULL,
    source VARCHAR(300) NOT NULL,
    notes JSON NOT NULL,
    doubt TEXT NOT NULL,
    model_version VARCHAR(60) NOT NULL,
    scheme_version VARCHAR(30) NOT NULL,
    created_at DATETIME NOT NULL,
    changed_at DATETIME NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO "cases" VALUES('VjxBSKQ7jMfx','Ugnen','Fyra bagerier i bygden delar på en ny ugn.','','[]','','provmodell','2026.1','2026-11-22 08:19:19.629855','2026-11-22 08:19:19.642013');
CREATE TABLE decisions (
    id INTEGER NOT NULL,
    case_id VARCHAR(32) NOT NULL,
    target VARCHAR(40) NOT NULL,
    revision INTEGER NOT NULL,
    "values" JSON NOT NULL,
    status VARCHAR(12) NOT NULL,
    decided_by VARCHAR(80) NOT NULL,
    decided_at DATETIME NOT NULL,
    model_version VARCHAR(60) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (case_id, target, revision),
    FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
INSERT INTO "decisions" VALUES(1,'VjxBSKQ7jMfx','effektkedja',1,'["direkt"]','bekräftad','handläggare','2026-11-22 08:19:19.638738','provmodell');
INSERT INTO "decisions" VALUES(2,'VjxBSKQ7jMfx','statement:0',1,'["A", "P"]','bekräftad','','2026-11-22 08:19:19.642013','provmodell');
CREATE TABLE proposals (
    id INTEGER NOT NULL,
    case_id VARCHAR(32) NOT NULL,
    field VARCHAR(30) NOT NULL,
    "values" JSON NOT NULL,
    ranked JSON NOT NULL,
    evidence JSON NOT NULL,
    likely JSON,
    PRIMARY KEY (id),
    UNIQUE (case_id, field),
    FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
INSERT INTO "proposals" VALUES(1,'VjxBSKQ7jMfx','projekttyp','["samverkansprojekt"]','[["samverkansprojekt", 0.471566], ["forstudie", 0.214906], ["ramprojekt", 0.175215], ["projekt", 0.075311], ["finansieringsinstrument", 0.063002]]','{"samverkansprojekt": [[-1, 0.891937], [0, -0.183643]], "forstudie": [[-1, 0.196923], [0, 0.115441]], "ramprojekt": [[-1, 0.175719], [0, -0.129434]]}','["samverkansprojekt", "forstudie", "ramprojekt"]');
INSERT INTO "proposals" VALUES(2,'VjxBSKQ7jMfx','fokusomrade','["internationellt_samarbete"]','[["internationellt_samarbete", 0.350322], ["kultur_och_fritid", 0.167866], ["service", 0.112385], ["transportsystemet", 0.092401], ["planering_och_boende", 0.062884], ["naromradet", 0.055407], ["innovation", 0.036163], ["informationsteknik", 0.033782], ["ovrigt", 0.033421], ["miljodriven", 0.023721], ["foretagande", 0.021762], ["kompetensforsorjning", 0.009884]]','{"internationellt_samarbete": [[-1, 0.130618], [0, -0.435921]], "kultur_och_fritid": [[0, 0.707807], [-1, 0.09578]], "service": [[-1, 0.79603], [0, 0.245713]]}','["internationellt_samarbete", "kultur_och_fritid", "service"]');
INSERT INTO "proposals" VALUES(3,'VjxBSKQ7jMfx','effektkedja','["infrastruktur"]','[["infrastruktur", 0.565241], ["indirekt", 0.243001], ["direkt", 0.11083], ["kunskap", 0.080928]]','{"infrastruktur": [[-1, 0.50437], [0, 0.022772]], "indirekt": [[-1, -0.156253], [0, -0.360335]], "direkt": [[0, 0.373691], [-1, -0.277905]]}','["infrastruktur", "indirekt", "direkt"]');
INSERT INTO "proposals" VALUES(4,'VjxBSKQ7jMfx','bransch','["energi", "handel_och_tjanster", "halsa_vard_omsorg", "areella_naringar", "kkn", "tillverkning", "livsmedel"]','[["energi", 0.847196], ["handel_och_tjanster", 0.843904], ["halsa_vard_omsorg", 0.746323], ["areella_naringar", 0.678703], ["kkn", 0.577099], ["tillverkning", 0.56187], ["livsmedel", 0.516362], ["gruv_och_metall", 0.422004], ["besoksnaring", 0.414083], ["ikt", 0.383599], ["rymd_och_flyg", 0.381655], ["life_science", 0.343183], ["miljoteknik", 0.275918], ["bygg_och_fastighet", 0.240731], ["transport_och_logistik", 0.18732], ["skog_och_tra", 0.172097]]','{"energi": [[-1, 0.881549], [0, 0.052301]], "handel_och_tjanster": [[-1, 0.917853], [0, -0.254514]], "halsa_vard_omsorg": [[0, 0.054814], [-1, -0.53086]], "areella_naringar": [[-1, 0.694939], [0, -0.43758]], "kkn": [[-1, 0.255142], [0, -0.351362]], "tillverkning": [[0, 0.79569], [-1, -0.73968]], "livsmedel": [[0, 0.633278], [-1, 0.042081]]}','[]');
INSERT INTO "proposals" VALUES(5,'VjxBSKQ7jMfx','verktyg','["marknadsforing", "bredbandsutbyggnad", "radgivning", "informationsinsatser", "foretagsstod", "test_och_demomiljo", "utbildning", "forskning_och_utveckling"]','[["marknadsforing", 0.866526], ["bredbandsutbyggnad", 0.845047], ["radgivning", 0.747178], ["informationsinsatser", 0.733115], ["foretagsstod", 0.613007], ["test_och_demomiljo", 0.608702], ["utbildning", 0.586737], ["forskning_och_utveckling", 0.508062], ["bygg_och_anlaggning", 0.404907], ["strategier_och_handlingsplaner", 0.384936], ["coachning", 0.369713], ["uppfoljning_och_utvardering", 0.269583], ["kapital", 0.239621], ["natverk_och_kluster", 0.188516], ["analyser_och_kartlaggningar", 0.171617], ["miljoforbattringar", 0.094044]]','{"marknadsforing": [[0, 0.191663], [-1, 0.07177]], "bredbandsutbyggnad": [[0, 0.729318], [-1, 0.234735]], "radgivning": [[-1, 1.552165], [0, -0.3949]], "informationsinsatser": [[-1, 0.761764], [0, -0.236935]], "foretagsstod": [[-1, 0.557876], [0, 0.363079]], "test_och_demomiljo": [[0, 0.085182], [-1, -0.098035]], "utbildning": [[-1, 0.602958], [0, 0.1877]], "forskning_och_utveckling": [[-1, 0.195002], [0, -0.033352]]}','[]');
INSERT INTO "proposals" VALUES(6,'VjxBSKQ7jMfx','syfte','["destinationsutveckling", "tillvaxt_i_foretag", "export_och_nya_marknader", "smart_specialisering", "forenkling"]','[["destinationsutveckling", 0.694297], ["tillvaxt_i_foretag", 0.631929], ["export_och_nya_marknader", 0.631401], ["smart_specialisering", 0.578881], ["forenkling", 0.538102], ["affarsutveckling", 0.499773], ["nya_foretag", 0.483744], ["jamstalldhet_och_inkludering", 0.435143], ["digitalisering", 0.335656], ["gron_omstallning", 0.254406], ["platsens_attraktionskraft", 0.147719]]','{"destinationsutveckling": [[-1, 0.62255], [0, -0.228229]], "tillvaxt_i_foretag": [[-1, 0.445036], [0, 0.026654]], "export_och_nya_marknader": [[-1, 0.863578], [0, -0.55803]], "smart_specialisering": [[-1, 0.966626], [0, -0.547992]], "forenkling": [[-1, 0.748711], [0, 0.006551]]}','[]');
CREATE TABLE run_actions (
    id VARCHAR(32) NOT NULL,
    run_id VARCHAR(32) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    told TEXT NOT NULL,
    rows INTEGER NOT NULL,
    done_by VARCHAR(80) NOT NULL,
    done_at DATETIME NOT NULL,
    undone_at DATETIME,
    PRIMARY KEY (id),
    FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
CREATE TABLE run_changes (
    action_id VARCHAR(32) NOT NULL,
    number INTEGER NOT NULL,
    run_id VARCHAR(32) NOT NULL,
    "before" JSON NOT NULL,
    "after" JSON NOT NULL,
    PRIMARY KEY (action_id, number),
    FOREIGN KEY(action_id) REFERENCES run_actions (id) ON DELETE CASCADE
);
CREATE TABLE run_rows (
    run_id VARCHAR(32) NOT NULL,
    number INTEGER NOT NULL,
    project_id TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    kept JSON NOT NULL,
    amount FLOAT,
    year INTEGER,
    county VARCHAR(40) NOT NULL,
    programme VARCHAR(200) NOT NULL,
    outcome BLOB NOT NULL,
    status TEXT NOT NULL,
    certainty FLOAT,
    needs_review BOOLEAN NOT NULL,
    marked BOOLEAN NOT NULL,
    sakomrade VARCHAR(60) NOT NULL,
    fokusomrade VARCHAR(60) NOT NULL,
    effektkedja VARCHAR(60) NOT NULL,
    projekttyp VARCHAR(60) NOT NULL,
    decided JSON NOT NULL,
    state VARCHAR(12) NOT NULL,
    decided_by VARCHAR(80) NOT NULL,
    decided_at DATETIME,
    last_action VARCHAR(32) NOT NULL,
    case_id VARCHAR(32),
    PRIMARY KEY (run_id, number),
    FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE,
    FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE SET NULL
);
INSERT INTO "run_rows" VALUES('2tFtQH-DlD9Z',0,'P0','Kursen','Kursen hålls i byn så att fler kan starta företag.','{"text": "Kursen h\u00e5lls i byn s\u00e5 att fler kan starta f\u00f6retag."}',NULL,NULL,'','',X'78017553ED8E9B30107C9513BFE9094C7239EE55508496B010C76047B64145555FAB2FD017EBAC41A76BA5E64780F17ECCEE8C9B6CF8FDCB8789C6FC851F2FA3271B0CC52CCF82A5AE7B797AB7CEAEE769CAF2E817CE7F64801E6C62DC9ED947D3649EE603C9AE79F17A2ED529FF1B3ED06BDE6483F3212EBDE60CA0AAAA4B02B54557CD5EDB31681BD067660B0E12A24ED7EB3547A259829B3DF59CBA6A1BD95B8ADA59708B6DA0997CC7911309A52E6F42E2FF51521B4107278E3492456981CBE22CB0B6203BA70E21B2B1DAC86979AE2B398DB2A8A7F3316C389D39B12D0BF596D8F230604386FB071D6C074F3297898B4F0CEBB7CB4EF0EB01EA034F153AA97FBBA7ECBB509B5A77BBB7F1011893439F8E83331049B6864FB6EC478D9749AF616624E0DD188BFFD12F6BCA064D1221B33B4D81DA957CDFBA39382F05C8333649ED5E91A485DF6604A0ED306D1232EBE9E18E5D88D67555AABC117956F62622460C01218CA53E607D3BB5CE73DF6186B0C46E1B479CA1D6D7F542738A214D65E8A94112013747B7BB3D2A202D11210BA78E072A66822E763F5AE2CA37334942E2F6AECE3BB7B00DB08530B31BB54812B5D180BF8B7EA9AC1C1CB4138B07CD4156D5DF790FD0D64C4B9F1C8A4C1A06F298E6B3A1F8D3336276BA01B560C927DF344D1A83ED70CF21C2EAE2D9AFC9FB268BB4C99F628A40A6FDC7B9FB5DA8D375A108F399A8577016418471F15A5DEAD36E5BEBD6D463576E1FF7D3DC75ADA057D314F9B9808DBF61570D5CAD94127397D5098FE25CA6477979C797526525E0A990C749EE2C7E7F00BB5571CC','förslag, ej granskat',0.2276,1,0,'sak_internationellt','internationellt_samarbete','infrastruktur','ramprojekt','{}','väntar','',NULL,'',NULL);
CREATE TABLE runs (
    id VARCHAR(32) NOT NULL,
    name VARCHAR(300) NOT NULL,
    source VARCHAR(300) NOT NULL,
    columns JSON NOT NULL,
    kept JSON NOT NULL,
    tier VARCHAR(20) NOT NULL,
    model VARCHAR(80) NOT NULL,
    scheme_version VARCHAR(30) NOT NULL,
    notes JSON NOT NULL,
    state VARCHAR(20) NOT NULL,
    message TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    begun_at DATETIME,
    begun_with INTEGER NOT NULL,
    beat_at DATETIME,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES('2tFtQH-DlD9Z','Portfölj','prov.csv','{"text": "text", "title": null, "id": null, "facts": {"amount": null, "year": null, "county": null, "programme": null}}','["text"]','snabb','snabb provmodell','2026.1','[]','klar','',1,1,'2026-11-22 08:19:19.645394',0,NULL,'2026-11-22 08:19:19.643061');
CREATE TABLE statements (
    id INTEGER NOT NULL,
    case_id VARCHAR(32) NOT NULL,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    heading TEXT NOT NULL,
    columns JSON NOT NULL,
    probabilities JSON NOT NULL,
    likely JSON,
    PRIMARY KEY (id),
    UNIQUE (case_id, number),
    FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE
);
INSERT INTO "statements" VALUES(1,'VjxBSKQ7jMfx',0,0,42,'','["-"]','{"R": 0.084793, "A": 0.104302, "P": 0.073368, "U": 0.019545, "K": 0.202353, "L": 0.045963, "-": 0.469677}','["-", "K", "A"]');
CREATE TABLE store_version (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO "store_version" VALUES(1,3);
CREATE INDEX ix_cases_changed_at ON cases (changed_at);
CREATE INDEX ix_runs_state ON runs (state);
CREATE INDEX decisions_of_target ON decisions (case_id, target);
CREATE INDEX run_rows_of_label ON run_rows (run_id, fokusomrade, effektkedja);
CREATE INDEX run_rows_of_state ON run_rows (run_id, state);
CREATE INDEX ix_run_rows_case_id ON run_rows (case_id);
CREATE INDEX ix_run_actions_run_id ON run_actions (run_id);
CREATE INDEX run_changes_of_row ON run_changes (run_id, number);
COMMIT;
