PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE runs (
  run_number INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  trainer TEXT NOT NULL,
  release TEXT NOT NULL,
  state TEXT NOT NULL,
  priority INTEGER NOT NULL,
  gpus INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  time_limit_s INTEGER NOT NULL,
  crashes INTEGER NOT NULL DEFAULT 0,
  not_before_ms INTEGER NOT NULL DEFAULT 0,
  phase TEXT NOT NULL DEFAULT '',
  step INTEGER NOT NULL DEFAULT 0,
  total_steps INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER,
  note TEXT NOT NULL DEFAULT '',
  ingest_offset INTEGER NOT NULL DEFAULT 0,
  ingest_attempt INTEGER NOT NULL DEFAULT 0,
  ingest_first_line TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO runs VALUES(1,'0000000000000001','seed=1','retort-train','0.1.0','finished',0,0,2,1073741824,3600,0,0,'',3,0,'',100,NULL,9000,'a note',1000,1,'hash');
INSERT INTO runs VALUES(2,'0000000000000002','seed=2','retort-train','0.1.0','queued',0,0,2,1073741824,3600,0,0,'',0,0,'',100,NULL,NULL,'',0,0,'');
CREATE TABLE run_specs (
  run_number INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  spec TEXT NOT NULL
) STRICT;
INSERT INTO run_specs VALUES(1,'{"inputs":[],"release":"0.1.0","retort":1,"run":"0000000000000001","settings":{"data":{"task":"sst2"},"freeze":["o","v"],"seed":1,"train":{"learning_rate":2e-05}},"trainer":"retort-train"}');
INSERT INTO run_specs VALUES(2,'{"inputs":[],"release":"0.1.0","retort":1,"run":"0000000000000002","settings":{"data":{"task":"sst2"},"freeze":["o","v"],"seed":2,"train":{"learning_rate":2e-05}},"trainer":"retort-train"}');
CREATE TABLE run_settings (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_number, key)
) STRICT, WITHOUT ROWID;
INSERT INTO run_settings VALUES(1,'data.task','"sst2"');
INSERT INTO run_settings VALUES(1,'freeze','["o","v"]');
INSERT INTO run_settings VALUES(1,'seed','1');
INSERT INTO run_settings VALUES(1,'train.learning_rate','2e-05');
INSERT INTO run_settings VALUES(2,'data.task','"sst2"');
INSERT INTO run_settings VALUES(2,'freeze','["o","v"]');
INSERT INTO run_settings VALUES(2,'seed','2');
INSERT INTO run_settings VALUES(2,'train.learning_rate','2e-05');
CREATE TABLE run_needs (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  needed_run_id TEXT NOT NULL,
  PRIMARY KEY (run_number, needed_run_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE run_tags (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_number, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO run_tags VALUES(1,'paper');
CREATE TABLE attempts (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  start_ticks INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  exit_code INTEGER,
  signal INTEGER,
  message TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run_number, attempt)
) STRICT, WITHOUT ROWID;
INSERT INTO attempts VALUES(1,1,0,0,'',1000,NULL,NULL,NULL,'');
CREATE TABLE experiments (
  experiment_id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  file TEXT NOT NULL,
  text TEXT NOT NULL,
  report TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  submission INTEGER NOT NULL
) STRICT;
INSERT INTO experiments VALUES(1,'stored','86fbe2b5fce41cac','/data/stored.yaml',replace('experiment: stored\n','\n',char(10)),'{"better":"max","metric":"eval.accuracy"}',100,1);
CREATE TABLE experiment_runs (
  experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  item INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  seed INTEGER,
  is_needed_only INTEGER NOT NULL,
  labels TEXT NOT NULL,
  PRIMARY KEY (experiment_id, item)
) STRICT, WITHOUT ROWID;
INSERT INTO experiment_runs VALUES(1,0,'0000000000000001',1,1,0,'{"freeze":"ov","loss":"map"}');
INSERT INTO experiment_runs VALUES(1,1,'0000000000000002',2,2,0,'{"freeze":"ov","loss":"map"}');
CREATE TABLE experiment_labels (
  experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  item INTEGER NOT NULL,
  axis INTEGER NOT NULL,
  factor TEXT NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (experiment_id, item, axis)
) STRICT, WITHOUT ROWID;
INSERT INTO experiment_labels VALUES(1,0,0,'loss','map');
INSERT INTO experiment_labels VALUES(1,0,1,'freeze','ov');
INSERT INTO experiment_labels VALUES(1,1,0,'loss','map');
INSERT INTO experiment_labels VALUES(1,1,1,'freeze','ov');
CREATE TABLE series (
  series_id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  metric TEXT NOT NULL,
  layer INTEGER,
  head INTEGER,
  projection TEXT NOT NULL,
  component TEXT NOT NULL
) STRICT;
INSERT INTO series VALUES(1,1,'train.loss',NULL,NULL,'','');
CREATE TABLE points (
  series_id INTEGER NOT NULL,
  step INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY (series_id, step)
) STRICT, WITHOUT ROWID;
INSERT INTO points VALUES(1,1,1.0);
INSERT INTO points VALUES(1,2,NULL);
INSERT INTO points VALUES(1,3,0.25);
CREATE TABLE steps (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  step INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (run_number, step)
) STRICT, WITHOUT ROWID;
INSERT INTO steps VALUES(1,1,1001);
INSERT INTO steps VALUES(1,2,1002);
INSERT INTO steps VALUES(1,3,1003);
CREATE TABLE results (
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  metric TEXT NOT NULL,
  value REAL,
  PRIMARY KEY (run_number, metric)
) STRICT, WITHOUT ROWID;
INSERT INTO results VALUES(1,'eval.accuracy',0.75);
CREATE TABLE events (
  event_id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  kind TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  step INTEGER,
  time_ms INTEGER NOT NULL,
  fields TEXT NOT NULL
) STRICT;
INSERT INTO events VALUES(1,1,'open',1,NULL,1000,'{"from_step":-1,"protocol":1,"run":"0000000000000001"}');
INSERT INTO events VALUES(2,1,'result',1,NULL,8000,'{"metrics":{"eval.accuracy":0.75}}');
INSERT INTO events VALUES(3,1,'end',1,NULL,9000,'{"exit_code":0,"message":"finished","status":"finished"}');
CREATE TABLE requests (
  request_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  arguments TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  is_done INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO requests VALUES(1,'stop','{"run_ids":["0000000000000002"]}',9500,0,'');
CREATE TABLE lease (
  slot INTEGER PRIMARY KEY CHECK (slot = 1),
  pid INTEGER NOT NULL,
  start_ticks INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  host TEXT NOT NULL,
  heartbeat INTEGER NOT NULL,
  acquired_ms INTEGER NOT NULL
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('experiments',1);
INSERT INTO sqlite_sequence VALUES('runs',2);
INSERT INTO sqlite_sequence VALUES('events',3);
INSERT INTO sqlite_sequence VALUES('series',1);
INSERT INTO sqlite_sequence VALUES('requests',1);
CREATE INDEX runs_state ON runs (state);
CREATE INDEX experiments_name ON experiments (name, submission);
CREATE INDEX experiment_runs_run ON experiment_runs (run_id);
CREATE UNIQUE INDEX series_key
  ON series (run_number, metric, ifnull(layer, -1), ifnull(head, -1), projection, component);
CREATE INDEX events_run ON events (run_number, event_id);
CREATE INDEX requests_pending ON requests (request_id) WHERE is_done = 0;
CREATE VIEW v_runs AS
-- One row a run. Times are UTC milliseconds since 1970: datetime(created_ms / 1000, 'unixepoch').
-- spec: JSON, as in spec.yaml: spec ->> '$.settings.train.learning_rate'. tags: with ', ' between.
SELECT r.run_id, r.name, r.state, r.phase, r.step, r.total_steps, r.message, r.trainer, r.release,
       r.priority,
       (SELECT ifnull(max(a.attempt), 0) FROM attempts a WHERE a.run_number = r.run_number)
         AS attempts,
       r.created_ms, r.started_ms, r.ended_ms, r.note,
       (SELECT ifnull(group_concat(t.tag, ', '), '') FROM run_tags t
         WHERE t.run_number = r.run_number) AS tags,
       s.spec
  FROM runs r JOIN run_specs s ON s.run_number = r.run_number
;
CREATE VIEW v_settings AS
-- One row a resolved setting of a run. value: JSON, so that texts are in quotes: value ->> '$'.
SELECT r.run_id, s.key, s.value
  FROM runs r JOIN run_settings s ON s.run_number = r.run_number
;
CREATE VIEW v_cells AS
-- One row a run of an experiment, for the latest submission of each experiment's name.
-- labels: a JSON object, factor -> label: labels ->> 'distill'. is_needed_only: 1 for runs that
-- cells need (a teacher), which are no cells themselves. Removed runs stay here (not in v_runs).
SELECT e.name AS experiment, m.position, m.run_id, m.seed, m.is_needed_only, m.labels
  FROM experiment_runs m JOIN experiments e USING (experiment_id)
 WHERE e.submission =
       (SELECT max(n.submission) FROM experiments n WHERE n.name = e.name)
;
CREATE VIEW v_metrics AS
-- One row a point. layer and head: NULL where the metric has none; projection and component: ''.
-- value: NULL is not-a-number (NaN), Inf and -Inf are infinities.
-- time_ms: when the step was first reported.
SELECT r.run_id, s.metric, s.layer, s.head, s.projection, s.component, p.step, p.value, t.time_ms
  FROM runs r
  JOIN series s ON s.run_number = r.run_number
  JOIN points p ON p.series_id = s.series_id
  LEFT JOIN steps t ON t.run_number = r.run_number AND t.step = p.step
;
CREATE VIEW v_final AS
-- One row a curve. last_value: of the highest step (NULL: NaN). min_value, max_value: NaN left out.
SELECT r.run_id, s.metric, s.layer, s.head, s.projection, s.component,
       (SELECT count(*) FROM points p WHERE p.series_id = s.series_id) AS points,
       (SELECT max(p.step) FROM points p WHERE p.series_id = s.series_id) AS last_step,
       (SELECT p.value FROM points p WHERE p.series_id = s.series_id ORDER BY p.step DESC LIMIT 1)
         AS last_value,
       (SELECT min(p.value) FROM points p WHERE p.series_id = s.series_id) AS min_value,
       (SELECT max(p.value) FROM points p WHERE p.series_id = s.series_id) AS max_value
  FROM runs r JOIN series s ON s.run_number = r.run_number
;
CREATE VIEW v_results AS
-- One row a final number that a trainer reported at the end of a run;
-- "NAME_best" is at the best evaluation.
-- value: NULL is not-a-number (NaN).
SELECT r.run_id, f.metric, f.value
  FROM runs r JOIN results f ON f.run_number = r.run_number
;
COMMIT;
PRAGMA application_id = 1383363188;
PRAGMA user_version = 1;
