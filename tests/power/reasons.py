"""Reasons: why a phrase stays that catches nothing alone."""

GALLERY = "it speaks of any gallery, the one with the book's numbers only of the recorded one"
COUNT = "it is the source's own number, and says it to a reader who does not follow the arithmetic"
RULE = "it is the rule behind the number, and holds for any gallery"
SECOND = (
    "it is the second half of what the source saw; a fault that spares the first half shows here"
)
SETUP = "it makes sure that the phrase after it is asked about the right frames"
CHECK = "it needs nothing but curves and answers, where a system does not begin with given weights"

REASONS = {
    "there are photos of at least {least:Count} people": GALLERY,
    "every person has at least {least:Count} photos": GALLERY,
    "there are {expected:Count} photos of {people:Count} people in it": COUNT,
    "there are {expected:Count} photos of {people:Names} in it": COUNT,
    "no recorded file is missing, damaged or an orphan": "it guards the fixtures, not the system",
    "it is refused by name": "a refusal that names nothing helps nobody",
    "every photo is given back pixel for pixel": "nothing else looks at what a gallery keeps",
    "{damage:Foreign} is handed in as a photo of {person:Name}": SETUP,
    "they are saved in a new gallery": SETUP,
    "a gallery that keeps them": SETUP,
    "{values:Count} values are drawn": COUNT,
    "one value is drawn for each photo": RULE,
    "each epoch makes {updates:Count} updates": COUNT,
    "at least {low:Count} and fewer than {high:Count} values are drawn": COUNT,
    "they are the first values of the uninterrupted training": (
        "only it says that an interruption changes nothing of what was drawn"
    ),
    "every epoch sees each photo once": (
        "it is what an epoch means; a fault in the order that spares the curves shows here alone"
    ),
    "no epoch repeats the order of another": (
        "a fixed order spares every curve on these photos and may not on others"
    ),
    "the first value lies within {distance:Number} of the loss at chance": (
        "it says that nothing was learnt before the first value, whatever the rate"
    ),
    "the learning rate used is the one shown, within {tolerance:Percent}": (
        "it names the fault, where the curves would only say that something is wrong"
    ),
    "every accuracy is a whole number of photos out of its batch": (
        "it names a running mean for what it is, where counts and curves only differ"
    ),
    "every value is finite and no loss is negative": (
        "it names the fault; what compares with such a value is refused without a reason"
    ),
    "the loss falls at every epoch": SECOND,
    "on all photos at once the loss falls at every epoch": SECOND,
    "the loss of its answers to the training photos continues the loss curve": CHECK,
    "it answers the photos as well as the curve says": CHECK,
    "replicates of different seeds differ, those of one seed do not": (
        "every statement on chance needs replicates that are independent"
    ),
    "in all it falls by at least {low:Percent} and at most {high:Percent}": SECOND,
    "from update to update the accuracy changes by at least {least:Number} on average": SECOND,
    "on average over the first half of the epochs the accuracy is under {bound:Number}": SECOND,
    "the accuracy over {window:Count} updates reaches {level:Number} "
    "before {part:Percent} of the training": SECOND,
    "in every epoch of the last half the accuracy is at least {least:Number}": SECOND,
    "in the last epoch the loss is above 0 and at most {bound:Percent} of it at chance": SECOND,
    "the loss after {few:Count}, {more:Count} and {most:Count} epochs is lower each time": (
        "it is the one phrase that compares trainings of different lengths"
    ),
    "it makes more updates than with {people:Names} alone": RULE,
    "it takes more updates than with them until the accuracy over {window:Count} updates reaches "
    "{level:Number}": "it says of learning what the counts say of work",
    "it is asked about the {probes:Count} probes of {name:w}": SETUP,
    "it is asked about the {probes:Count} probes of {name:w} in {light:Light} light": SETUP,
    "it is asked about the twins, with and without glasses": SETUP,
    "the clip {name} is played to it": SETUP,
    "it is trained at the learning rates {rates:Numbers} and asked about all probes": SETUP,
    "as far as {probes:Count} probes can tell, at least {least:Percent} of them are answered "
    "wrong": SECOND,
    "none of them is answered wrong": SECOND,
    "at least {least:Percent} of the photos are answered right": SECOND,
    "the model answers every photo with probabilities that sum to 1": (
        "margins and confidences mean nothing without it"
    ),
    "all {frames:Count} frames are counted": COUNT,
    "each of its {frames:Count} frames adds one to the count": COUNT,
    "whoever is alone before the webcam leads the count while they are there": (
        "it is what whoever sits down looks at, and asks nothing of the numbers under it"
    ),
    "the empty chair is nobody's": "a classifier that names whoever is not there is no use",
    "{person:Name} gets more than {least:Percent} of the frames": SECOND,
    "{person:Name} gets at least {times:Number} times as many as the next person": SECOND,
    "{person:Name} gets more frames than anyone else": SECOND,
    "at a rate of {rate:Number} at most {more:Count} more is wrong than at the best rate": (
        "it answers the source's remark that a rate under 1 might do better"
    ),
    "every person is answered right more than {least:Percent} of the time": SECOND,
    "they are answered wrong no less often than those in known light, beyond a chance of "
    "{chance:Percent}": SECOND,
    "on the frames of {people:Names} it errs no less often than when trained on these alone, "
    "beyond a chance of {chance:Percent}": SECOND,
    "it is no surer of the right person there, beyond a chance of {chance:Percent}": SECOND,
    "{pair:Names} are taken for each other on at least {least:Percent} of the frames, "
    "with glasses and without": SECOND,
    "glasses change at most {most:Percent} of its answers": SECOND,
    "it confuses {pair:Names} less than at a rate of {rate:Number} on the same frames, "
    "by chance in {chance:Percent} of cases at most": SECOND,
    "it is asked about the {number:Count} strangers, in known and in unseen light": SETUP,
    "it is asked about the {probes:Count} probes of {name:w}, in known and in unseen light": SETUP,
    "each person is left out in turn, and asked about": SETUP,
    "with {confidence:Percent} confidence at most {most:Percent} of the strangers in known light "
    "are named": "nothing else asks about anybody who was not learnt",
    "with {confidence:Percent} confidence at most {most:Percent} of the bursts in known light are "
    "left without their name": "without it, whoever is always unsure would know no stranger",
    "as far as {people:Count} people can tell, at most {most:Percent} of them are named": (
        "it asks about recorded people, and so speaks of any gallery"
    ),
    "the classifier is trained": "nothing can be said of a system that cannot be trained",
    "the classifier is trained once": "nothing can be said of a system that cannot be trained",
    "the classifier is trained until {values:Count} values are drawn, then interrupted": SETUP,
}
