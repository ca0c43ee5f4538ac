-- How a key begins, so that its owner recognises it in a list. Keys from before have none.

alter table api_key add column hint text not null default '';
