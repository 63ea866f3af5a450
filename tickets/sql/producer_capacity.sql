-- name: take_capacity
SELECT take_capacity($1, $2, $3);

-- name: give_back_capacity
SELECT give_back_capacity($1, $2, $3);

-- name: capacity_left
SELECT capacity_left($1, $2);
