"""Composed: texts of records that stand in the code in parts, or as single words.

The other texts of records are found where they are said, by ``extraction``.
"""

from __future__ import annotations

from facelab.languages.speech import N_

TEXTS = (
    # thresholds, measured numbers and margins: contract/interval.py, contract/number.py
    N_("exactly {value}"),
    N_("at least {value}"),
    N_("more than {value}"),
    N_("at most {value}"),
    N_("less than {value}"),
    N_("between {low} and {high}"),
    N_("beyond any number"),
    N_("below any number"),
    N_("not a number"),
    N_("less than one in a million"),
    N_("minus {value}"),
    N_("{number} times"),
    N_("1 time"),
    N_("{number} points"),
    N_("1 point"),
    N_("1 points"),
    N_("-1 point"),
    # verdicts: contract/verdict.py, playing/recorder.py, playing/sheet.py
    N_("{measure}: measured {shown}, {threshold} demanded"),
    N_(
        "{measure}: measured {shown}, {threshold} demanded "
        "(violated by {violations} of {replicates} replicates)"
    ),
    N_("{measure}: {threshold} demanded"),
    N_("{refusal}; waived by {who} until {until}"),
    N_("blocked by {families}"),
    N_("{system} does not offer {what}"),
    N_("the run ended before"),
    N_("held at try {number}; try {failed}: {failure}"),
    N_("{reason}: it ran out of time, so nothing is judged"),
    N_(
        "its steps were played in another process, unseen by the report; play it without "
        "the plugin that does so"
    ),
    N_("repetition {number}"),
    # what ended a run: playing/ending.py
    N_("by SIGTERM, as at a time limit"),
    N_("after a failure, as with -x or --maxfail"),
    N_("by an error of pytest or of a plugin"),
    N_("by a plugin, or by an option that stops early"),
    N_("by Ctrl-C"),
    N_("by pytest.exit"),
    # waivers: playing/waivers.py
    N_("applied"),
    N_("expired on {until}; it counts no more"),
    N_("matches no scenario of this run"),
    N_("matches no phrase of its scenario"),
    N_("not needed: what it waives was accepted"),
    N_("without effect: no measure of its phrase was refused"),
    # what a system lacks: playing/sheet.py
    N_("to begin with the weights that it is given"),
    N_("the photos of a batch by number"),
    N_("to be stopped"),
    N_("to answer nobody where no face is seen"),
    N_("a learning rate read back (it takes initial weights and photo ids)"),
    N_("the accuracy of an update"),
    N_("probabilities"),
    N_("a count of every frame"),
    N_("a seed to be set"),
    # what a system offers: contract/system.py
    N_("initial weights"),
    N_("photo ids"),
    N_("stop"),
    N_("nobody"),
    N_("photos kept"),
    N_("nothing beyond training and answering"),
    # parameters: contract/parameters.py
    N_("epochs"),
    N_("batch size"),
    N_("kernel initializer"),
    N_("embedding norm"),
    N_("the probability from which on a name is certain enough, for example 0.7"),
    N_("how many replicates of each training, as 5"),
    N_("0 for any free one"),
    # what to do about a file that is not there: camera/filming_plan.py, browsing/description.py
    N_("name an existing one with --film-plan"),
    N_("name an existing one with --page-description"),
    # sources of frames: gallery/
    N_("recorded frames in {folder}/"),
    N_("photos of {people} people in {folder}/"),
    N_("recorded photos of {people} people in {folder}/"),
    N_("{people} people drawn on demand ({file}, seed {seed})"),
    N_("{source}, probes drawn anew from seed {seed}"),
    N_("{system}, facelab's face finder"),
    N_("{system}, whitened vectors"),
    N_("frames of look-alikes with and without glasses"),
    N_("film"),
    N_("{person}: received {number} photos, recommended are {least} or more; add some"),
    N_("{person}: left out, received {number} photos, needed are {least} or more"),
    # files that are no photos: the page knows them too, and has the other lines
    N_("{file}: no such photo"),
    # refusals: camera/, base/packages.py, gallery/; the last is a sitting of a filming plan
    N_("after frame {number}"),
    N_("a number as {example} or {large}"),
    N_(
        "this takes TensorFlow, with which facelab itself learns, and which is not installed; "
        "install it, let the page's browser learn, or examine a system of your own with --system"
    ),
    N_("first"),
    # as records of 1.0 say it: steps/crowd.py
    N_("a crowd is drawn when it is asked for: run pytest --people 300"),
    N_("{people} people are too few to tell; run pytest --people {least} or more"),
    # words within measures: steps/twins.py
    N_("with"),
    N_("without"),
    # fields of phrases: playing/fields.py
    N_("known"),
    N_("unseen"),
    # kinds of frames, and where light comes from: judging/growth.py, the manifest
    N_("bare"),
    N_(
        "hundreds of faces with 30 photos each, which they could not do for want of people and time"
    ),
    # why something could not be done on a page: browsing/tab.py, browsing/patience.py
    N_("not within {limit}"),
    N_("a dialog came in the way ({dialog})"),
    N_("the page has not reacted for {limit}"),
    N_("the page was left, or loaded anew"),
    N_("the page has crashed"),
    N_("the browser is gone"),
    N_("{number} s ({n} s, {rate} times as long on a computer with so much to do)"),
    # findings: judging/replay.py
    N_("update {number} says a loss of {said}; calculated again it is {due}"),
    N_("update {number} says an accuracy of {said}; calculated again it is {due}"),
    N_("update {number} says a accuracy of {said}; calculated again it is {due}"),
    # comparisons: report/changes.py
    N_("{measure}, worse"),
    N_("{measure}, better"),
    N_("frames"),
    N_("system"),
    N_("cast"),
    N_("nothing"),
    # the environment: playing/summary.py
    N_("date"),
    N_("platform"),
    N_("unknown"),
    N_("not installed"),
    N_("page"),
    # keywords of Gherkin, as its dialect of the language knows them
    N_("Feature"),
    N_("Rule"),
    N_("Background"),
    N_("Scenario Outline"),
    N_("Examples"),
    N_("commit"),
    # sittings and lights of the recording: fixtures/plan.toml
    N_("morning"),
    N_("afternoon"),
    N_("day"),
    N_("evening"),
    N_("lamp"),
    N_("office"),
    # what joins texts
    N_(" and "),
    N_(": "),
    N_("; "),
    # the title block of facelab's own book: pyproject.toml
    N_("Webcam face classifier: acceptance test book"),
    N_("The project owner"),
    N_("The facelab authors"),
    N_("HTML, printed on A4"),
    N_("Public"),
)
"""Marked, and looked up by what they say."""
