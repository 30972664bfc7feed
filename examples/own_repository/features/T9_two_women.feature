@T9 @after:T0
Feature: Two women who look alike are told apart
  Description: Train on the two women alone, with small batches, and watch the loss.
  Constraints: The face base gives the photos back (T0).
  Dependencies: T0; photos of 2 people.
  Inputs: Learning rate 0.3; 5 epochs; batches of 5 photos.
  Expected results: They are told apart, and no single batch throws the training back.
  Validation criteria: Nine photos in ten are answered right; the loss never rises by more than 1 at once.

  @R4 @R10
  Scenario: Small batches tell two women apart
    Given the photos of Lara and Naomie
    And a learning rate of 0.3, 5 epochs and batches of 5 photos
    When the classifier is trained
    Then every epoch sees each photo once
    And at least 90 % of the photos are answered right
    And from update to update the loss rises by at most 1
