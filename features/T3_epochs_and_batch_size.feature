@T3 @after:T0 @R4 @R5
Feature: Epochs and batch size set the model's work
  Description: Train while changing epochs and batch size. An epoch is one full pass over the photos;
    the batch size is the number of photos seen before the weights are updated.
  Constraints: The face base gives the photos back (T0). No one has to sit before the camera.
  Dependencies: T0; photos of 4 people, 103 in all; for the worked example 200 photos.
  Inputs: Learning rate 1; 4 people, 103 photos; epochs from 1 to 1,000, batches of 1 photo to all.
  Expected results: Graphs that show more or less work by the model: a value for each update, and
    more progress for more work. A training can be interrupted, and what was drawn is kept.
  Validation criteria: Each graph has exactly its number of values: epochs times photos over batch
    size, rounded up; after 1 epoch of batches of 1 at least 90 % of the photos are answered right;
    an interrupted model answers as well as its curve says.
  Observed in 2019: With 103 photos, 1 epoch and batch size 1 the graph had exactly 103 values, and the
    final values were enough for so small a sample. With 100 epochs it had over 1,565 when it was
    interrupted. Worked example: 200 samples in batches of 5 are 40 updates an epoch, 40,000 in
    1,000 epochs; nobody ran it.

  Scenario: One epoch of single photos draws a value for each photo and is already good
    Given the photos of Alex, Amine, Lara and Naomie
    And a learning rate of 1, 1 epoch and batches of 1 photo
    When the classifier is trained
    Then one value is drawn for each photo
    And 103 values are drawn
    And every epoch sees each photo once
    And every accuracy is a whole number of photos out of its batch
    And the learning rate used is the one shown, within 1 %
    And every loss and accuracy is the one calculated again
    And at least 90 % of the photos are answered right

  Scenario Outline: Each graph has exactly its number of values
    Given the photos of Alex, Amine, Lara and Naomie
    And a learning rate of 1, <epochs> epochs and batches of <batch size> photos
    When the classifier is trained
    Then <values> values are drawn
    And every epoch sees each photo once
    And every accuracy is a whole number of photos out of its batch
    And the learning rate used is the one shown, within 1 %
    And every loss and accuracy is the one calculated again

    Examples:
      | epochs | batch size | values |
      | 5      | 1          | 515    |
      | 2      | 10         | 22     |
      | 7      | 13         | 56     |
      | 3      | 102        | 6      |

  Scenario: One batch of all photos draws a value an epoch
    Given the photos of Alex, Amine, Lara and Naomie
    And a learning rate of 1, 100 epochs and one batch of all photos
    When the classifier is trained
    Then 100 values are drawn
    And every epoch sees each photo once
    And on all photos at once the loss falls at every epoch
    And every loss and accuracy is the one calculated again
    And the loss of its answers to the training photos continues the loss curve

  @R6
  Scenario: An interrupted training keeps what was drawn
    Given the photos of Alex, Amine, Lara and Naomie
    And a learning rate of 1, 100 epochs and batches of 1 photos
    When the classifier is trained until 1,565 values are drawn, then interrupted
    Then at least 1,565 and fewer than 10,300 values are drawn
    And they are the first values of the uninterrupted training
    And the model answers every photo with probabilities that sum to 1
    And it answers the photos as well as the curve says
    And its answers to the photos are those that its updates lead to, within 0.00001

  Scenario: More work makes more progress
    Given the photos of Alex, Amine, Lara and Naomie
    And the basic parameters with a learning rate of 1
    Then the loss after 1, 5 and 20 epochs is lower each time

  Scenario: The worked example makes 40,000 updates
    Given the first 200 photos of the gallery
    And a learning rate of 1, 1000 epochs and batches of 5 photos
    When the classifier is trained once
    Then each epoch makes 40 updates
    And 40,000 values are drawn
    And every epoch sees each photo once
